package dev.phosphene.cli.gallery;

/**
 * A picture on the page.
 *
 * @param file beside the page
 * @param title what it answers
 * @param description for those who do not see it
 * @param caption how it came about
 * @param command that makes it again, without the program's name
 */
record Figure(String file, String title, String description, String caption, String command) {}

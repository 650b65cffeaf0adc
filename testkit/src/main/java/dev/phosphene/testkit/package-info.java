/**
 * What tests of this project, and of a user's own gradient rules, are made with.
 *
 * <p>Enter at {@link dev.phosphene.testkit.GradientCheck}: it checks a gradient rule against finite
 * differences on the cases that the rule's row declares.
 */
@NullMarked
package dev.phosphene.testkit;

import org.jspecify.annotations.NullMarked;

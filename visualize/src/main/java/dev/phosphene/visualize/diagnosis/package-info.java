/**
 * Why an optimization showed nothing, in words in the place of a gray picture.
 *
 * <p>Enter at {@link dev.phosphene.visualize.diagnosis.Diagnosis#of}: it asks each {@link
 * dev.phosphene.visualize.diagnosis.Symptom} in turn about the {@link
 * dev.phosphene.visualize.diagnosis.Course} of a picture, which is numbers only, so that looking
 * for symptoms costs nothing. To add one: a class that implements {@code Symptom} and a line in
 * {@code Diagnosis.SYMPTOMS}. This package uses nothing of the project.
 */
@NullMarked
package dev.phosphene.visualize.diagnosis;

import org.jspecify.annotations.NullMarked;

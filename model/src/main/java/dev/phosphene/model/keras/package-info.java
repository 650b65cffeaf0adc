/**
 * Keras models to graphs.
 *
 * <p>Enter at {@link dev.phosphene.model.keras.KerasReader}. {@code ZipArchive} and {@code
 * keras.hdf} find configuration and weights in a file; {@code ConfigParser} brings configurations
 * of all versions to one form, {@code NetworkConfig}; {@code NetworkBuilder} walks that and has
 * each layer built by the table in {@code keras.layer}, with the weights that {@code NamedWeights}
 * ({@code .h5}) or {@code NumberedWeights} ({@code .keras}) find. How to add a layer is said in
 * {@code keras.layer}. What a file says is untrusted everywhere here, and no code in it is run.
 */
@NullMarked
package dev.phosphene.model.keras;

import org.jspecify.annotations.NullMarked;

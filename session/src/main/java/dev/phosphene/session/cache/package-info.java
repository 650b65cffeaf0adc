/**
 * Keeps compiled graphs on disk, so that the next start is quick.
 *
 * <p>Enter at {@link dev.phosphene.session.cache.SessionCache}, a folder, which {@link
 * dev.phosphene.session.SessionSettings#withCache} takes. What is in its files is written and read
 * by {@link dev.phosphene.model.onnx.KeptModel}, and found again by a {@link
 * dev.phosphene.model.onnx.GraphDigest}. This package uses {@code graph} and {@code model}.
 */
@NullMarked
package dev.phosphene.session.cache;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mime;

import java.io.IOException;
import java.io.InterruptedIOException;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.FilterResult.NoVerdict;
import org.postern.core.filter.NoVerdictReason;

/// What a filter makes of a mail while it reads it.
@FunctionalInterface
public interface Look {
    /// Reads, and judges.
    ///
    /// @throws InterruptedIOException when the thread is interrupted while it reads
    FilterResult read() throws IOException, InterruptedException;

    /// Takes a look. A mail that cannot be read has no verdict.
    static FilterResult at(Look look) throws InterruptedException {
        try {
            return look.read();
        } catch (InterruptedIOException e) {
            throw (InterruptedException) new InterruptedException("while reading the mail").initCause(e);
        } catch (IOException e) {
            return new NoVerdict(NoVerdictReason.INTERNAL_ERROR, "the mail cannot be read: " + e);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.pool;

import org.postern.core.filter.FilterResult;
import org.postern.core.limits.Deadline;

/// Lets one backend look at one mail. Runs on a virtual thread of its own.
///
/// Returns `NoVerdict(UNAVAILABLE)` where no connection could be made, and another reason where the backend was
/// reached but gave no verdict. It must end by itself a bounded time after the deadline.
@FunctionalInterface
public interface Exchange<B extends Backend> {
    /// @param deadline when the mail stops waiting for this backend
    FilterResult run(B backend, Lease lease, Deadline deadline) throws InterruptedException;
}

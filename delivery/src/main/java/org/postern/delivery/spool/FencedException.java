// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

/// The lease has ended and somebody else may work on the mail: nothing may be recorded with it any more.
public final class FencedException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    FencedException(SpoolStore.Lease lease) {
        super("the lease of " + lease.id() + " has ended");
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth.spf;

/// Ends an evaluation from wherever it stands, as `temperror` or `permerror`. RFC 7208 section 2.6.6 and 2.6.7.
///
/// Never leaves this package.
final class Stop extends Exception {
    private static final long serialVersionUID = 1L;

    private final SpfResult result;

    private Stop(SpfResult result, String reason) {
        super(reason, null, false, false);
        this.result = result;
    }

    static Stop permanent(String reason) {
        return new Stop(SpfResult.PERMERROR, reason);
    }

    static Stop temporary(String reason) {
        return new Stop(SpfResult.TEMPERROR, reason);
    }

    SpfOutcome outcome() {
        return SpfOutcome.of(result, String.valueOf(getMessage()));
    }
}

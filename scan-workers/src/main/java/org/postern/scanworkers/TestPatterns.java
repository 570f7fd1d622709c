// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers;

/// The two test patterns that every virus scanner and every spam filter knows.
///
/// They are put together at run time: a scanner that finds them in this file or in the jar would take the
/// distribution away.
public final class TestPatterns {
    private TestPatterns() {}

    /// The EICAR test file, 68 characters of US-ASCII.
    public static String eicar() {
        return String.join(
                "", "X5O!P%@AP[4", "\\PZX54(P^)7", "CC)7}$EI", "CAR-STAND", "ARD-ANTIVI", "RUS-TEST-", "FILE!$H+H*");
    }

    /// The GTUBE line.
    public static String gtube() {
        return String.join("", "XJS*C4JDBQ", "ADN1.NSBN3*2ID", "NEN*GTUBE-STAN", "DARD-ANTI-UBE-", "TEST-EMAIL*C.34X");
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import org.postern.core.filter.Verdict;

/// Verdicts as people read them.
final class Verdicts {
    private Verdicts() {}

    static String written(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Accept() -> "accept";
            case Verdict.Tag(String reason) -> "tag (" + reason + ")";
            case Verdict.Quarantine(String reason) -> "quarantine (" + reason + ")";
            case Verdict.Reject(String reason) -> "reject (" + reason + ")";
            case Verdict.TempFail(String reason) -> "tempfail (" + reason + ")";
        };
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.postern.core.filter.Filter;
import org.postern.deploy.management.Operation;
import org.postern.scanworkers.SignatureKeeper;

/// `postern signatures`: what the filters with signatures say of them, and having them read again.
final class SignatureOperations {
    private SignatureOperations() {}

    /// None where no filter has signatures.
    static List<Operation> of(List<Filter> filters) {
        List<SignatureKeeper> keepers = filters.stream()
                .filter(SignatureKeeper.class::isInstance)
                .map(SignatureKeeper.class::cast)
                .toList();
        return keepers.isEmpty()
                ? List.of()
                : List.of(
                        new Operation("signatures status", (_, answer) -> status(keepers, answer)),
                        new Operation("signatures reload", (_, answer) -> reload(keepers, answer)));
    }

    private static void status(List<SignatureKeeper> keepers, Operation.Answer answer) {
        for (SignatureKeeper keeper : keepers) {
            for (SignatureKeeper.Status each : keeper.signatures()) {
                Map<String, Object> row = new LinkedHashMap<>();
                row.put("engine", keeper.name());
                row.put("backend", each.backend());
                row.put("state", each.state());
                row.put("mails", each.inUse());
                row.put("signatures", each.version());
                answer.row(row);
            }
        }
    }

    private static void reload(List<SignatureKeeper> keepers, Operation.Answer answer) throws Exception {
        boolean all = true;
        for (SignatureKeeper keeper : keepers) {
            all &= keeper.reloadSignatures(answer::say);
        }
        if (!all) {
            throw new IllegalArgumentException("not all signatures were reloaded; the lines above say why");
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy;

import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.postern.deploy.management.Check;
import org.postern.deploy.management.Operation;

/// `postern status`: where a server listens, and whether what it needs is well.
final class Status {
    private Status() {}

    /// @param server what runs here, for example `mx`
    static Operation of(String server, SequencedMap<String, List<InetSocketAddress>> addresses, List<Check> checks) {
        return new Operation("status", (_, answer) -> {
            addresses.forEach((part, all) -> all.forEach(address -> answer.row(
                    row(server, part, "listens", address.getAddress().getHostAddress() + ":" + address.getPort()))));
            checks.forEach(check -> {
                Check.Condition now = check.now();
                answer.row(row(server, check.name(), now.state().toString(), now.detail()));
            });
        });
    }

    private static Map<String, Object> row(String server, String part, String state, String detail) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("server", server);
        row.put("part", part);
        row.put("state", state);
        row.put("detail", detail);
        return row;
    }
}

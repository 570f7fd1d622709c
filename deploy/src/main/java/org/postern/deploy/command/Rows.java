// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import java.io.PrintStream;
import java.util.Map;
import org.postern.core.json.Json;

/// Prints rows: as a [Table] for people, or each at once as a line of JSON for programs.
final class Rows {
    private final PrintStream out;
    private final boolean json;
    private final Table table = new Table();

    Rows(PrintStream out, boolean json) {
        this.out = out;
        this.json = json;
    }

    void add(Map<String, ?> row) {
        if (json) {
            out.println(Json.write(row));
        } else {
            table.add(row).ifPresent(out::print);
        }
    }

    /// Prints what waits for the widths of further rows.
    void end() {
        out.print(table.rest());
        out.flush();
    }
}

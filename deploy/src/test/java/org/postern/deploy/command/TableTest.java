// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TableTest {
    private static Map<String, @Nullable Object> row(String name, int size, @Nullable Object more) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("name", name);
        row.put("size", size);
        row.put("more", more);
        return row;
    }

    @Test
    void rows_ofDifferentWidth_standInColumns() {
        Table table = new Table();
        table.add(row("a", 1, List.of("x", "y")));
        table.add(row("longer\u001b[2J", 12345, null));

        assertThat(table.rest()).isEqualTo("""
            NAME         SIZE  MORE
            a               1  x, y
            longer?[2J  12345  -
            """);
        assertThat(table.rest()).isEmpty();
    }

    @Test
    void longTable_isPrintedWhileItComes() {
        Table table = new Table();
        StringBuilder printed = new StringBuilder();
        for (int i = 0; i < 1200; i++) {
            table.add(row("n" + i, i, "")).ifPresent(printed::append);
        }
        assertThat(printed.toString().lines()).hasSize(1001);
        assertThat(table.rest().lines()).hasSize(200);
    }
}

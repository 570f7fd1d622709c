// SPDX-License-Identifier: Apache-2.0
package org.postern.core.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;

/// The configuration as it is written: text in lists and maps, each with its place. Immutable.
sealed interface ConfigNode {
    Where where();

    /// @param quoted whether the text stood in quotes, so that it is text whatever it looks like
    record Scalar(String text, boolean quoted, Where where) implements ConfigNode {
        private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");

        /// YAML 1.2 section 10.3.2: what stands for "nothing".
        boolean isNothing() {
            return !quoted && NULLS.contains(text);
        }
    }

    record Sequence(List<ConfigNode> items, Where where) implements ConfigNode {
        public Sequence {
            items = List.copyOf(items);
        }
    }

    record Mapping(SequencedMap<String, Entry> entries, Where where) implements ConfigNode {
        public Mapping {
            entries = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(entries));
        }

        static Mapping empty(Where where) {
            return new Mapping(new LinkedHashMap<>(), where);
        }
    }

    /// @param key where the key stands, which is where an unknown setting is reported
    record Entry(Where key, ConfigNode value) {}
}

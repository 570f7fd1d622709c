// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth.arc;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postern.scanworkers.mailauth.dkim.SignedMessage;
import org.postern.scanworkers.mailauth.dkim.TagList;

/// One link: the three fields that share an instance number, by their indexes in the header. RFC 8617 section 4.2.
record ArcSet(int results, int signature, int seal) {
    static final String RESULTS = "ARC-Authentication-Results";
    static final String SIGNATURE = "ARC-Message-Signature";
    static final String SEAL = "ARC-Seal";
    static final int INSTANCES_MAX = 50;

    private static final Pattern RESULTS_INSTANCE = Pattern.compile("\\s*i\\s*=\\s*(\\d{1,3})\\s*;[\\s\\S]*");

    /// The links of a message.
    sealed interface Chain {
        /// @param sets from the first instance to the last; empty for a message without any
        record Complete(List<ArcSet> sets) implements Chain {}

        record Malformed(String reason) implements Chain {}
    }

    /// Collects the links. RFC 8617 section 5.2 step 2 and 3.
    static Chain collect(SignedMessage message) {
        Map<Integer, int[]> sets = new TreeMap<>();
        String[] names = {RESULTS, SIGNATURE, SEAL};
        for (int kind = 0; kind < names.length; kind++) {
            for (int index : message.indexes(names[kind])) {
                String value = message.header().fields().get(index).rawValue();
                Optional<Integer> instance = kind == 0 ? instanceOfResults(value) : instance(value);
                if (instance.isEmpty() || instance.get() < 1 || instance.get() > INSTANCES_MAX) {
                    return new Chain.Malformed(names[kind] + " has no usable instance number");
                }
                int[] set = sets.computeIfAbsent(instance.get(), any -> new int[] {-1, -1, -1});
                if (set[kind] >= 0) {
                    return new Chain.Malformed("two fields " + names[kind] + " of instance " + instance.get());
                }
                set[kind] = index;
            }
        }
        List<ArcSet> chain = new ArrayList<>();
        for (Map.Entry<Integer, int[]> entry : sets.entrySet()) {
            int[] set = entry.getValue();
            if (entry.getKey() != chain.size() + 1 || set[0] < 0 || set[1] < 0 || set[2] < 0) {
                return new Chain.Malformed("instance " + (chain.size() + 1) + " is not complete");
            }
            chain.add(new ArcSet(set[0], set[1], set[2]));
        }
        return new Chain.Complete(chain);
    }

    private static Optional<Integer> instanceOfResults(String value) {
        Matcher matcher = RESULTS_INSTANCE.matcher(value);
        return matcher.matches() ? Optional.of(Integer.parseInt(matcher.group(1))) : Optional.empty();
    }

    private static Optional<Integer> instance(String value) {
        return TagList.parse(value)
                .flatMap(tags -> tags.get("i"))
                .filter(text -> text.matches("\\d{1,3}"))
                .map(Integer::parseInt);
    }
}

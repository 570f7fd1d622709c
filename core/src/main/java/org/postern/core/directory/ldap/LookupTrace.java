// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.ldap;

import java.util.ArrayList;
import java.util.List;
import org.postern.core.directory.Explanation;

/// Hears every step of a look-up.
interface LookupTrace {
    /// For look-ups that nobody watches.
    LookupTrace NONE = (what, where, detail, result) -> {};

    void step(String what, String where, Object detail, String result);

    /// Keeps the steps. Used by one thread.
    final class Kept implements LookupTrace {
        private final List<Explanation.Step> steps = new ArrayList<>();

        @Override
        public void step(String what, String where, Object detail, String result) {
            steps.add(new Explanation.Step(what, where, detail.toString(), result));
        }

        List<Explanation.Step> steps() {
            return steps;
        }
    }
}

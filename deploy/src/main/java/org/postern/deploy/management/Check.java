// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.management;

import java.util.function.Supplier;
import org.postern.core.text.PlainText;

/// One thing a server looks at to say how it is, such as its store or a filter.
///
/// @param name what, as the health page, `postern status` and the meters call it
/// @param look what can be said of it now; called by any thread, never blocks
public record Check(String name, Supplier<Condition> look) {
    /// How bad it is. The words are those that people read.
    public enum State {
        OK("ok"),
        /// Something does not work, and the server goes on without it: out of the balancer it would be of less use.
        IMPAIRED("impaired"),
        /// No mail can be taken in.
        NOT_READY("not ready");

        private final String words;

        State(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    /// @param detail what is wrong or remarkable, and what to do about it; may be empty. It may quote others, such as
    ///     an LDAP server
    public record Condition(State state, String detail) {
        private static final int DETAIL_MAX = 2_000;

        public Condition {
            detail = PlainText.of(detail, DETAIL_MAX);
        }

        /// Whether mail can be taken in, as far as this goes.
        public boolean ready() {
            return state != State.NOT_READY;
        }

        /// State and detail in one line.
        @Override
        public String toString() {
            return detail.isEmpty() ? state.toString() : state + ": " + detail;
        }
    }

    /// How it is now.
    public Condition now() {
        return look.get();
    }

    /// What is a condition of readiness.
    public static Condition ready(boolean ready, String detail) {
        return new Condition(ready ? State.OK : State.NOT_READY, detail);
    }

    /// What the server can do without.
    public static Condition working(boolean working, String detail) {
        return new Condition(working ? State.OK : State.IMPAIRED, detail);
    }
}

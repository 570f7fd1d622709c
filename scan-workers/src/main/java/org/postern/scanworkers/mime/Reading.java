// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mime;

import java.util.EnumSet;
import java.util.Set;

/// One way to read a message, and what was found to have other ways. Used by one thread for one pass.
final class Reading {
    private final Choice choice;
    private final Set<Ambiguity> ambiguities = EnumSet.noneOf(Ambiguity.class);
    private boolean doubtful;
    private boolean complete = true;

    Reading(Choice choice) {
        this.choice = choice;
    }

    /// What is done where programs disagree, and a part cannot be shown in all its readings at once.
    enum Choice {
        /// What the content looks like.
        LIKELY,
        /// What is declared first, whatever the content looks like; a header goes on behind a line that is no field.
        FIRST_DECLARED,
        /// The same with what is declared last.
        LAST_DECLARED
    }

    Choice choice() {
        return choice;
    }

    boolean isLikely() {
        return choice == Choice.LIKELY;
    }

    Set<Ambiguity> ambiguities() {
        return ambiguities;
    }

    void ambiguous(Ambiguity what) {
        ambiguities.add(what);
    }

    /// The other choices would show something else.
    void doubt(Ambiguity what) {
        ambiguities.add(what);
        doubtful = true;
    }

    boolean isDoubtful() {
        return doubtful;
    }

    /// Something was left out.
    void cutShort() {
        complete = false;
    }

    boolean isComplete() {
        return complete;
    }
}

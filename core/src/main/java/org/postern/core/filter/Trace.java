// SPDX-License-Identifier: Apache-2.0
package org.postern.core.filter;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.postern.core.mail.HeaderField;

/// What a filter wants done to the header of an accepted mail: fields put on top, and forged fields taken out.
///
/// Nothing else of a mail is ever changed. Taking out is for fields that claim to be ours, which RFC 8601 section 5
/// demands; [org.postern.core.mail.MessageContent#without] does it.
///
/// @param add fields for the top of the header, first to last; a raw value with folding, without the last CRLF
/// @param remove indexes into [org.postern.core.mail.MessageHeader#fields()] of the mail as it came
public record Trace(List<HeaderField> add, Set<Integer> remove) {
    /// Leave the header as it is.
    public static final Trace NONE = new Trace(List.of(), Set.of());

    public Trace {
        add = List.copyOf(add);
        remove = Set.copyOf(remove);
    }

    /// Without the fields to add, for they might vouch for the mail.
    Trace onlyRemoving() {
        return new Trace(List.of(), remove);
    }

    /// What both want, this one's fields first.
    public Trace and(Trace other) {
        if (equals(NONE)) {
            return other;
        }
        if (other.equals(NONE)) {
            return this;
        }
        List<HeaderField> fields = new ArrayList<>(add);
        fields.addAll(other.add);
        Set<Integer> indexes = new TreeSet<>(remove);
        indexes.addAll(other.remove);
        return new Trace(fields, indexes);
    }
}

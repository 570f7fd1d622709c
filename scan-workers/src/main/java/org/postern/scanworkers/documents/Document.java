// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.documents;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// What was read from one PDF or picture.
///
/// @param text of a PDF
/// @param links of a PDF: the targets of its annotations
/// @param codes what QR, Data Matrix and Aztec codes say
/// @param pictures pages or frames in grey, where they were asked for
/// @param notes what was not read; empty when everything was
public record Document(String text, List<String> links, List<String> codes, List<Picture> pictures, Set<Note> notes) {
    /// Why something was not read.
    public enum Note {
        /// A password is needed.
        ENCRYPTED,
        /// It is damaged, or not what it seems.
        DAMAGED,
        /// A page or picture has more pixels than are decoded.
        TOO_LARGE,
        /// It has more pages, frames, text or links than are read.
        CUT
    }

    public Document {
        links = List.copyOf(links);
        codes = List.copyOf(codes);
        pictures = List.copyOf(pictures);
        notes = notes.isEmpty() ? Set.of() : Set.copyOf(EnumSet.copyOf(notes));
    }
}

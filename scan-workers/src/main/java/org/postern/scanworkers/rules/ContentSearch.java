// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.rules;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;

/// Searches octets that pass by for literal phrases, and opens zip archives to search the files in them. Bounded in
/// octets, files and nesting; used by one thread for one mail.
final class ContentSearch {
    private static final int FILES_MAX = 500;
    private static final int NESTING_MAX = 3;

    private final List<String> phrases;
    private final int overlap;
    private final Set<String> found = new HashSet<>();
    private long budget;
    private int files;

    /// @param budget octets that are searched; what goes beyond passes unseen
    ContentSearch(List<String> phrases, long budget) {
        this.phrases = phrases;
        this.overlap = phrases.stream().mapToInt(String::length).max().orElse(1) - 1;
        this.budget = budget;
    }

    Set<String> found() {
        return found;
    }

    /// A stream over the same octets that searches what is read from it.
    InputStream over(InputStream in) {
        return new BufferedInputStream(new Searching(in), 8 * 1024);
    }

    /// Reads a stream to its end, as far as the budget goes.
    void drain(InputStream in) throws IOException {
        byte[] block = new byte[8 * 1024];
        while (budget > 0 && in.read(block) >= 0) {
            // the stream itself does the work
        }
    }

    /// Searches the files in a zip archive, if the stream starts like one.
    void inside(InputStream in) throws IOException {
        inside(in, 0);
    }

    private void inside(InputStream in, int nesting) throws IOException {
        if (nesting >= NESTING_MAX || !isZip(in)) {
            return;
        }
        ZipInputStream zip = new ZipInputStream(in, StandardCharsets.ISO_8859_1);
        try {
            // Asked first: to go on to the next file, the stream unpacks what is left of this one.
            while (budget > 0 && files < FILES_MAX && zip.getNextEntry() != null) {
                files++;
                InputStream file = over(zip);
                inside(file, nesting + 1);
                drain(file);
            }
        } catch (ZipException | EOFException | IllegalArgumentException e) {
            // Encrypted, damaged or no zip after all: nothing more can be seen in it.
            return;
        }
    }

    /// Whether a stream from [#over] starts like a zip archive.
    boolean isZip(InputStream in) throws IOException {
        in.mark(4);
        byte[] start = in.readNBytes(4);
        in.reset();
        return start.length == 4 && start[0] == 'P' && start[1] == 'K' && start[2] == 3 && start[3] == 4;
    }

    private final class Searching extends FilterInputStream {
        private String tail = "";

        Searching(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int n = super.read(target, offset, length);
            if (n > 0 && budget > 0) {
                budget -= n;
                String text = tail + new String(target, offset, n, StandardCharsets.ISO_8859_1);
                for (String phrase : phrases) {
                    if (text.contains(phrase)) {
                        found.add(phrase);
                    }
                }
                tail = text.substring(Math.max(0, text.length() - overlap));
            }
            return n;
        }

        @Override
        public void close() {
            // the walk owns the stream below
        }
    }
}

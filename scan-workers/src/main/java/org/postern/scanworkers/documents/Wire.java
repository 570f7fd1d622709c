// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.documents;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.postern.scanworkers.documents.Document.Note;

/// How a job goes to the process that reads, and a document comes back. Numbers are big-endian; every length is
/// checked by the one who reads it.
final class Wire {
    /// What a process says first, once it can read documents.
    static final int READY = 0x52454144;

    private static final int ANSWER = 0x444f4355;

    private Wire() {}

    /// One job.
    ///
    /// @param pictures whether the pictures are wanted
    /// @param millis after which the process gives up by ending
    record Job(
            boolean pictures,
            int millis,
            @SuppressWarnings("ArrayRecordComponent") byte[] octets) {}

    static void write(DataOutputStream out, Job job) throws IOException {
        out.writeBoolean(job.pictures());
        out.writeInt(job.millis());
        out.writeInt(job.octets().length);
        out.write(job.octets());
        out.flush();
    }

    static Job readJob(DataInputStream in) throws IOException {
        boolean pictures = in.readBoolean();
        int millis = in.readInt();
        byte[] octets = new byte[bounded(in.readInt(), ReaderLimits.OCTETS.toIntExact())];
        in.readFully(octets);
        return new Job(pictures, millis, octets);
    }

    static void write(DataOutputStream out, Document document) throws IOException {
        out.writeInt(ANSWER);
        text(out, document.text());
        texts(out, document.links());
        texts(out, document.codes());
        out.writeInt(document.pictures().size());
        for (Picture picture : document.pictures()) {
            out.writeInt(picture.width());
            out.writeInt(picture.height());
            out.write(picture.pixels());
        }
        texts(out, document.notes().stream().map(Note::name).toList());
        out.flush();
    }

    static Document readDocument(DataInputStream in) throws IOException {
        if (in.readInt() != ANSWER) {
            throw new IOException("not an answer");
        }
        String text = text(in, ReaderLimits.TEXT);
        List<String> links = texts(in);
        List<String> codes = texts(in);
        List<Picture> pictures = new ArrayList<>();
        int count = bounded(in.readInt(), ReaderLimits.PICTURES);
        for (int i = 0; i < count; i++) {
            int width = bounded(in.readInt(), ReaderLimits.SIDE);
            int height = bounded(in.readInt(), ReaderLimits.SIDE);
            if ((long) width * height > ReaderLimits.GREY_PIXELS || width < 1 || height < 1) {
                throw new IOException("a picture of " + width + " x " + height);
            }
            byte[] pixels = new byte[width * height];
            in.readFully(pixels);
            pictures.add(new Picture(width, height, pixels));
        }
        Set<Note> notes = EnumSet.noneOf(Note.class);
        for (String name : texts(in)) {
            try {
                notes.add(Note.valueOf(name));
            } catch (IllegalArgumentException e) {
                throw new IOException("not a note", e);
            }
        }
        return new Document(text, links, codes, pictures, notes);
    }

    private static void texts(DataOutputStream out, List<String> texts) throws IOException {
        out.writeInt(texts.size());
        for (String each : texts) {
            text(out, each);
        }
    }

    private static List<String> texts(DataInputStream in) throws IOException {
        int count = bounded(in.readInt(), ReaderLimits.LINKS);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            texts.add(text(in, ReaderLimits.LINK_TEXT));
        }
        return texts;
    }

    private static void text(DataOutputStream out, String text) throws IOException {
        byte[] octets = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(octets.length);
        out.write(octets);
    }

    private static String text(DataInputStream in, int charactersMax) throws IOException {
        byte[] octets = new byte[bounded(in.readInt(), 4 * charactersMax)];
        in.readFully(octets);
        return new String(octets, StandardCharsets.UTF_8);
    }

    private static int bounded(int value, int max) throws IOException {
        if (value < 0 || value > max) {
            throw new IOException("a number out of bounds: " + value + " of " + max);
        }
        return value;
    }
}

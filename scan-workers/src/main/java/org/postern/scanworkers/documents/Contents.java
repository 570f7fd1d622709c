// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.documents;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.postern.scanworkers.documents.Document.Note;

/// What has been read of one document so far. Lives in the process that reads; used by one thread.
final class Contents {
    private static final int SMALL_PIXELS = 700_000;

    private final boolean wanted;
    private final StringBuilder text = new StringBuilder();
    private final Set<String> links = new LinkedHashSet<>();
    private final Set<String> codes = new LinkedHashSet<>();
    private final List<Picture> pictures = new ArrayList<>();
    private final Set<Note> notes = EnumSet.noneOf(Note.class);
    private int seen;

    private Contents(boolean wanted) {
        this.wanted = wanted;
    }

    /// Reads a document, whatever it is.
    static Document read(Wire.Job job) {
        Contents contents = new Contents(job.pictures());
        try {
            if (PdfFile.is(job.octets())) {
                new PdfFile(contents).read(job.octets());
            } else {
                new PictureFile(contents).read(job.octets());
            }
        } catch (IOException | RuntimeException | StackOverflowError e) {
            // The libraries meet damaged files with whatever their parsers throw.
            contents.notes.add(Note.DAMAGED);
        }
        return new Document(
                contents.text.toString(),
                List.copyOf(contents.links),
                List.copyOf(contents.codes),
                contents.pictures,
                contents.notes);
    }

    /// Whether pictures are wanted, and not codes alone.
    boolean picturesWanted() {
        return wanted;
    }

    void note(Note note) {
        notes.add(note);
    }

    void text(String more) {
        int room = ReaderLimits.TEXT - text.length();
        text.append(more, 0, Math.min(room, more.length()));
        if (more.length() > room) {
            note(Note.CUT);
        }
    }

    void link(String link) {
        add(links, link);
    }

    private void add(Set<String> set, String link) {
        if (set.size() >= ReaderLimits.LINKS || link.length() > ReaderLimits.LINK_TEXT) {
            note(Note.CUT);
        } else {
            set.add(link);
        }
    }

    /// Whether another page or frame may be looked at; else the document is noted to be cut.
    boolean hasRoom() {
        if (seen >= ReaderLimits.PICTURES) {
            note(Note.CUT);
            return false;
        }
        return true;
    }

    /// Whether a picture of that size is decoded; else it is noted.
    boolean accepts(double width, double height) {
        boolean fits = width >= 1
                && height >= 1
                && width <= ReaderLimits.SIDE
                && height <= ReaderLimits.SIDE
                && width * height <= ReaderLimits.PIXELS;
        if (!fits) {
            note(Note.TOO_LARGE);
        }
        return fits;
    }

    /// Takes a page or frame: looks for codes in it, and keeps it in grey.
    void picture(BufferedImage image) {
        seen++;
        Picture forCodes = grey(image, ReaderLimits.CODE_PIXELS, 0);
        Codes.in(forCodes).forEach(code -> add(codes, code));
        if (wanted) {
            // Tesseract wants letters of 20 pixels and more; what is on screens has 10.
            Picture picture = grey(image, ReaderLimits.GREY_PIXELS, SMALL_PIXELS);
            boolean known = pictures.stream().anyMatch(other -> Arrays.equals(other.pixels(), picture.pixels()));
            if (!known) {
                pictures.add(picture);
            }
        }
    }

    /// The picture in grey on white, scaled down to a bound, or to double its size when it is smaller than another.
    private static Picture grey(BufferedImage image, int most, int small) {
        double pixels = (double) image.getWidth() * image.getHeight();
        double scale = pixels > most ? Math.sqrt(most / pixels) : pixels < small ? 2 : 1;
        int width = Math.clamp((int) (image.getWidth() * scale), 1, ReaderLimits.SIDE);
        int height = Math.clamp((int) (image.getHeight() * scale), 1, Math.min(ReaderLimits.SIDE, most / width));
        BufferedImage grey = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
        Graphics2D graphics = grey.createGraphics();
        try {
            graphics.setColor(Color.WHITE);
            graphics.fillRect(0, 0, width, height);
            graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
            graphics.drawImage(halved(image, scale), 0, 0, width, height, null);
        } finally {
            graphics.dispose();
        }
        return new Picture(width, height, ((DataBufferByte) grey.getRaster().getDataBuffer()).getData());
    }

    /// Bilinear scaling looks at four pixels: what shrinks more than twice is halved before, or thin letters vanish.
    private static BufferedImage halved(BufferedImage image, double scale) {
        BufferedImage current = image;
        for (double rest = scale; rest < 0.5 && current.getWidth() > 1 && current.getHeight() > 1; rest *= 2) {
            BufferedImage half =
                    new BufferedImage(current.getWidth() / 2, current.getHeight() / 2, BufferedImage.TYPE_BYTE_GRAY);
            Graphics2D graphics = half.createGraphics();
            graphics.setColor(Color.WHITE);
            graphics.fillRect(0, 0, half.getWidth(), half.getHeight());
            graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
            graphics.drawImage(current, 0, 0, half.getWidth(), half.getHeight(), null);
            graphics.dispose();
            current = half;
        }
        return current;
    }
}

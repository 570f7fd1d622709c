// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.documents;

import java.awt.AlphaComposite;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.postern.scanworkers.documents.Document.Note;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/// Reads a picture file: one picture, the pages of a TIFF, or the frames of an animation as people see them.
final class PictureFile {
    private final Contents contents;

    PictureFile(Contents contents) {
        this.contents = contents;
    }

    void read(byte[] octets) throws IOException {
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(octets))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                contents.note(Note.DAMAGED);
                return;
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(in, false, false);
                if (reader.getFormatName().equalsIgnoreCase("gif")) {
                    animation(reader);
                } else {
                    pages(reader);
                }
            } finally {
                reader.dispose();
            }
        }
    }

    private void pages(ImageReader reader) throws IOException {
        // Not counted: the pages of a TIFF may follow each other in a circle.
        for (int i = 0; contents.hasRoom() && isThere(reader, i); i++) {
            if (i == ReaderLimits.FRAMES) {
                contents.note(Note.CUT);
                return;
            }
            // The header alone tells the size: nothing is decoded before.
            if (contents.accepts(reader.getWidth(i), reader.getHeight(i))) {
                contents.picture(reader.read(i));
            }
        }
    }

    private static boolean isThere(ImageReader reader, int index) throws IOException {
        try {
            return reader.getWidth(index) > 0 || index == 0;
        } catch (IndexOutOfBoundsException e) {
            if (index == 0) {
                throw e; // a damaged file
            }
            return false;
        }
    }

    /// A frame as people see it.
    ///
    /// @param hundredths how long
    private record Shown(BufferedImage image, int hundredths) {}

    /// Puts the frames together as a viewer does, for each may be a part that lies over what was before. The ones that
    /// are seen longest are taken. GIF89a section 23.
    private void animation(ImageReader reader) throws IOException {
        int count = Math.min(reader.getNumImages(true), ReaderLimits.FRAMES + 1);
        int width = 0;
        int height = 0;
        List<Frame> frames = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            if (i == ReaderLimits.FRAMES) {
                contents.note(Note.CUT);
                break;
            }
            Frame frame = Frame.of(reader, i);
            width = Math.max(width, frame.left + frame.width);
            height = Math.max(height, frame.top + frame.height);
            frames.add(frame);
        }
        if (frames.isEmpty() || !contents.accepts(width, height)) {
            return;
        }
        List<Shown> shown = compose(reader, frames, width, height);
        shown.sort(Comparator.comparingInt(Shown::hundredths).reversed());
        for (Shown each : shown) {
            if (!contents.hasRoom()) {
                break;
            }
            contents.picture(each.image);
        }
    }

    private List<Shown> compose(ImageReader reader, List<Frame> frames, int width, int height) throws IOException {
        long room = ReaderLimits.PIXELS / ((long) width * height);
        BufferedImage canvas = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
        List<Shown> shown = new ArrayList<>();
        for (int i = 0; i < frames.size(); i++) {
            if ((i + 1L) * width * height > ReaderLimits.PAINTED) {
                contents.note(Note.CUT);
                break;
            }
            Frame frame = frames.get(i);
            BufferedImage before = frame.disposal.equals("restoreToPrevious") ? copy(canvas) : canvas;
            Graphics2D graphics = canvas.createGraphics();
            graphics.drawImage(reader.read(i), frame.left, frame.top, null);
            if (shown.size() < Math.max(1, room / 2)) {
                shown.add(new Shown(copy(canvas), frame.hundredths));
            } else {
                // Memory for the longest ones only.
                contents.note(Note.CUT);
                Shown shortest = shown.stream()
                        .min(Comparator.comparingInt(Shown::hundredths))
                        .orElseThrow();
                if (shortest.hundredths <= frame.hundredths) {
                    shown.set(shown.indexOf(shortest), new Shown(copy(canvas), frame.hundredths));
                }
            }
            if (frame.disposal.equals("restoreToBackgroundColor")) {
                graphics.setComposite(AlphaComposite.Clear);
                graphics.fillRect(frame.left, frame.top, frame.width, frame.height);
            }
            graphics.dispose();
            canvas = frame.disposal.equals("restoreToPrevious") ? before : canvas;
        }
        return shown;
    }

    private static BufferedImage copy(BufferedImage image) {
        BufferedImage copy = new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_ARGB);
        copy.getRaster().setRect(image.getRaster());
        return copy;
    }

    /// Where a frame lies, and what becomes of it.
    private record Frame(int left, int top, int width, int height, String disposal, int hundredths) {
        static Frame of(ImageReader reader, int index) throws IOException {
            int left = 0;
            int top = 0;
            String disposal = "none";
            int hundredths = 0;
            IIOMetadata metadata = reader.getImageMetadata(index);
            if (metadata.getAsTree("javax_imageio_gif_image_1.0") instanceof Element root) {
                Element place = child(root, "ImageDescriptor");
                left = number(place, "imageLeftPosition");
                top = number(place, "imageTopPosition");
                Element control = child(root, "GraphicControlExtension");
                disposal = control.getAttribute("disposalMethod");
                hundredths = number(control, "delayTime");
            }
            return new Frame(left, top, reader.getWidth(index), reader.getHeight(index), disposal, hundredths);
        }

        private static Element child(Element root, String name) {
            NodeList found = root.getElementsByTagName(name);
            return found.getLength() > 0 && found.item(0) instanceof Element element ? element : root;
        }

        private static int number(Element element, String attribute) {
            String text = element.getAttribute(attribute);
            return text.matches("\\d{1,5}") ? Integer.parseInt(text) : 0;
        }
    }
}

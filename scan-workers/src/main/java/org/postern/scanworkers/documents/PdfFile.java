// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.documents;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.cos.COSArray;
import org.apache.pdfbox.cos.COSBase;
import org.apache.pdfbox.cos.COSDictionary;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageTree;
import org.apache.pdfbox.pdmodel.common.PDRectangle;
import org.apache.pdfbox.pdmodel.encryption.InvalidPasswordException;
import org.apache.pdfbox.rendering.ImageType;
import org.apache.pdfbox.rendering.PDFRenderer;
import org.apache.pdfbox.text.PDFTextStripper;
import org.postern.scanworkers.documents.Document.Note;

/// Reads a PDF: text, links, and pages as pictures.
final class PdfFile {
    private static final float OCR_DPI = 200;
    private static final float CODE_DPI = 110;
    private static final float POINTS_PER_INCH = 72;
    private static final int LITTLE_TEXT = 200;

    private final Contents contents;

    PdfFile(Contents contents) {
        this.contents = contents;
    }

    /// As readers of PDF do, in the first 1,024 octets. ISO 32000-1 annex H.3.4.1.
    static boolean is(byte[] octets) {
        return new String(octets, 0, Math.min(1024, octets.length), StandardCharsets.ISO_8859_1).contains("%PDF-");
    }

    void read(byte[] octets) throws IOException {
        try (PDDocument document = Loader.loadPDF(octets)) {
            int pages = document.getNumberOfPages();
            if (pages > ReaderLimits.PAGES) {
                contents.note(Note.CUT);
            }
            links(document.getDocumentCatalog().getCOSObject().getDictionaryObject(COSName.OPEN_ACTION));
            PDFRenderer renderer = new PDFRenderer(document);
            renderer.setSubsamplingAllowed(true);
            for (int i = 0; i < Math.min(pages, ReaderLimits.PAGES); i++) {
                try {
                    page(document, renderer, i);
                } catch (IOException | RuntimeException e) {
                    contents.note(Note.DAMAGED); // this page; the others may be readable
                }
            }
        } catch (InvalidPasswordException e) {
            contents.note(Note.ENCRYPTED);
        }
    }

    private void page(PDDocument document, PDFRenderer renderer, int index) throws IOException {
        PDPage page = document.getPage(index);
        COSBase annotations = page.getCOSObject().getDictionaryObject(COSName.ANNOTS);
        if (annotations instanceof COSArray array) {
            for (int i = 0; i < Math.min(array.size(), ReaderLimits.LINKS); i++) {
                if (array.getObject(i) instanceof COSDictionary annotation) {
                    links(annotation.getDictionaryObject(COSName.A));
                }
            }
        }
        int before = text(document, page);
        boolean pictures = page.getResources() != null
                && page.getResources().getXObjectNames().iterator().hasNext();
        boolean looked = contents.picturesWanted() ? before < LITTLE_TEXT : pictures || before < LITTLE_TEXT;
        if (looked && contents.hasRoom()) {
            float dpi = contents.picturesWanted() ? OCR_DPI : CODE_DPI;
            PDRectangle box = page.getCropBox();
            double inches =
                    (box.getWidth() / POINTS_PER_INCH) * (box.getHeight() / POINTS_PER_INCH) * page.getUserUnit();
            // Posters are rendered with fewer dots to the inch.
            dpi = (float) Math.min(dpi, Math.sqrt(ReaderLimits.GREY_PIXELS / Math.max(0.01, inches)));
            float scale = dpi / POINTS_PER_INCH;
            if (contents.accepts(box.getWidth() * scale, box.getHeight() * scale)) {
                contents.picture(renderer.renderImage(index, scale, ImageType.GRAY));
            }
        }
    }

    /// Adds the text of a page; how many characters it has that are no blanks.
    private int text(PDDocument document, PDPage page) throws IOException {
        PDFTextStripper stripper = new OnePage(page);
        stripper.setSortByPosition(false);
        StringWriter out = new StringWriter();
        stripper.writeText(document, out);
        String text = out.toString();
        contents.text(text);
        return (int) text.chars().filter(c -> c > ' ').limit(LITTLE_TEXT).count();
    }

    /// The text of a page. The library's own way to one page goes over all of them, and there may be a million.
    private static final class OnePage extends PDFTextStripper {
        private final PDPage page;

        OnePage(PDPage page) {
            this.page = page;
        }

        @Override
        protected void processPages(PDPageTree pages) throws IOException {
            if (page.hasContents()) {
                processPage(page);
            }
        }
    }

    /// The target of an action, and of those that follow it. ISO 32000-1 section 12.6.4.7.
    private void links(COSBase start) {
        COSBase action = start;
        for (int i = 0; i < 10 && action instanceof COSDictionary dictionary; i++) {
            if (COSName.URI.equals(dictionary.getCOSName(COSName.S))) {
                String uri = dictionary.getString(COSName.URI);
                if (uri != null) {
                    contents.link(uri);
                }
            }
            action = dictionary.getDictionaryObject(COSName.NEXT);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.urls;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.postern.core.filter.NoVerdictReason;
import org.postern.core.limits.Deadline;
import org.postern.scanworkers.documents.DocumentReader;
import org.postern.scanworkers.documents.DocumentReader.Reading;
import org.postern.scanworkers.mime.MimePart;
import org.postern.scanworkers.mime.PartVisitor;
import org.postern.scanworkers.urls.MailLink.Source;

/// Collects the links of one mail, part by part. Used by one thread.
final class LinkCollector implements PartVisitor {
    private static final int HEAD = 1_100;
    private static final int SMALLEST_DOCUMENT = 100;

    private final UrlsConfig config;
    private final Optional<DocumentReader> reader;
    private final Deadline deadline;
    private final Set<MailLink> links = new LinkedHashSet<>();
    private final Set<String> mailboxes = new LinkedHashSet<>();
    private Optional<String> incomplete = Optional.empty();
    private Optional<Reading.NotRead> notRead = Optional.empty();
    private long textLeft;
    private int documentsLeft;

    LinkCollector(UrlsConfig config, Optional<DocumentReader> reader, Deadline deadline) {
        this.config = config;
        this.reader = reader;
        this.deadline = deadline;
        this.textLeft = config.textMax().bytes();
        this.documentsLeft = config.documentsMax();
    }

    Set<MailLink> links() {
        return links;
    }

    /// The addresses of `mailto:` links.
    Set<String> mailboxes() {
        return mailboxes;
    }

    /// Why links may have been missed, although the mail was looked at as far as the bounds go.
    Optional<String> incomplete() {
        return incomplete;
    }

    /// Set where a document could not be read for no fault of the mail.
    Optional<Reading.NotRead> notRead() {
        return notRead;
    }

    @Override
    public void part(MimePart part, InputStream decoded) throws IOException {
        BufferedInputStream in = new BufferedInputStream(decoded, 8 * 1024);
        in.mark(HEAD);
        byte[] head = in.readNBytes(HEAD);
        in.reset();
        if (DocumentReader.reads(head)) {
            document(part, in);
        } else if (part.isText() || isPage(part)) {
            text(part, in);
        }
    }

    /// A page that is attached under another type: mail programs go by the name.
    private static boolean isPage(MimePart part) {
        return part.isHtml()
                || part.fileNames().stream()
                        .map(name -> name.toLowerCase(Locale.ROOT))
                        .anyMatch(name -> name.matches(".*\\.(s?html?|xht(ml)?|svg)\\.?"));
    }

    private void text(MimePart part, InputStream in) throws IOException {
        if (textLeft <= 0) {
            if (in.read() >= 0) {
                incomplete("more text than " + config.textMax());
            }
            return;
        }
        byte[] octets = in.readNBytes((int) Math.min(Integer.MAX_VALUE - 8, textLeft));
        textLeft -= octets.length;
        if (textLeft <= 0 && in.read() >= 0) {
            incomplete("more text than " + config.textMax());
        }
        String text = new String(octets, part.charset());
        if (isPage(part)) {
            page(Jsoup.parse(text));
        } else {
            plain(text, Source.TEXT);
        }
    }

    private void plain(String text, Source source) {
        LinkFinder.Found found = LinkFinder.in(text, config.linksMax() + 1);
        found.links().forEach(link -> add(new MailLink(link, "", source)));
        if (!found.complete()) {
            incomplete("more names than are looked up");
        }
    }

    private void page(Document page) {
        String base = page.select("base[href]").attr("href");
        for (Element element : page.select("a[href], area[href]")) {
            add(new MailLink(resolved(base, element.attr("href")), element.text(), Source.HTML));
        }
        for (Element element : page.select("form[action]")) {
            add(new MailLink(resolved(base, element.attr("action")), "", Source.HTML));
        }
        for (Element element : page.select("[formaction]")) {
            add(new MailLink(resolved(base, element.attr("formaction")), "", Source.HTML));
        }
        for (Element element : page.select("img[src], iframe[src], script[src], frame[src], embed[src]")) {
            add(new MailLink(resolved(base, element.attr("src")), "", Source.RESOURCE));
        }
        for (Element element : page.select("link[href]")) {
            add(new MailLink(resolved(base, element.attr("href")), "", Source.RESOURCE));
        }
        for (Element element : page.select("meta[http-equiv=refresh]")) {
            String content = element.attr("content");
            int url = content.toLowerCase(Locale.ROOT).indexOf("url=");
            if (url >= 0) {
                add(new MailLink(content.substring(url + 4).replaceAll("^['\"]", ""), "", Source.HTML));
            }
        }
        plain(page.text(), Source.TEXT);
    }

    /// Only what has no host of its own is resolved, and only against a base that has one. A base longer than any
    /// address is none: with it a short link would become a long one, again and again.
    private static String resolved(String base, String link) {
        if (base.length() > MailLink.URL_MAX) {
            return link;
        }
        boolean relative = WebAddress.scheme(link).isEmpty() && !link.strip().startsWith("//") && !link.startsWith("#");
        return relative && !base.isEmpty() ? base + link : link;
    }

    private void document(MimePart part, InputStream in) throws IOException {
        in.mark(SMALLEST_DOCUMENT);
        boolean tiny = in.readNBytes(SMALLEST_DOCUMENT).length < SMALLEST_DOCUMENT;
        in.reset();
        // A tiny one is a pixel that tells the sender that he was read.
        if (reader.isEmpty() || config.documentsMax() == 0 || tiny) {
            return;
        }
        boolean inVain = notRead.filter(not -> not.reason() != NoVerdictReason.BACKEND_ERROR)
                .filter(not -> not.reason() != NoVerdictReason.TIMED_OUT || deadline.expired())
                .isPresent();
        if (inVain) {
            return;
        }
        String name = part.fileNames().stream().findFirst().orElse(part.mediaType());
        if (--documentsLeft < 0) {
            incomplete("more than " + config.documentsMax() + " PDFs and pictures");
            return;
        }
        try {
            switch (reader.get().read(in::readNBytes, false, deadline)) {
                case Reading.Read read -> read(name, read.document());
                case Reading.Refused refused -> incomplete(name + " " + refused.why());
                case Reading.NotRead not -> notRead = Optional.of(not); // what is found elsewhere counts all the same
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (InterruptedIOException) new InterruptedIOException("while a document was read").initCause(e);
        }
    }

    private void read(String name, org.postern.scanworkers.documents.Document document) {
        document.links().forEach(link -> add(new MailLink(link, "", Source.PDF)));
        plain(document.text(), Source.PDF);
        for (String code : document.codes()) {
            if (WebAddress.of(code).isPresent() || WebAddress.isHarmful(code)) {
                add(new MailLink(code, "", Source.CODE));
            } else {
                plain(code, Source.CODE);
            }
        }
        if (!document.notes().isEmpty()) {
            incomplete(name + ": " + document.notes());
        }
    }

    private void add(MailLink link) {
        if (WebAddress.scheme(link.url()).equals("mailto")) {
            String written = link.url().strip().substring("mailto:".length()).replaceFirst("\\?.*", "");
            String address = URLDecoder.decode(
                    written.replace("+", "%2B").replaceAll("%(?![0-9A-Fa-f]{2})", "%25"), StandardCharsets.UTF_8);
            if (address.indexOf('@') > 0 && address.length() <= 320 && mailboxes.size() < config.linksMax()) {
                mailboxes.add(address);
            }
        } else if (links.size() >= config.linksMax()) {
            incomplete("more than " + config.linksMax() + " links");
        } else {
            links.add(link);
        }
    }

    private void incomplete(String why) {
        if (incomplete.isEmpty()) {
            incomplete = Optional.of(why);
        }
    }
}

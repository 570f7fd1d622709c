// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.rules;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import org.postern.core.mail.MailTransaction;
import org.postern.scanworkers.mime.MimePart;
import org.postern.scanworkers.mime.PartVisitor;

/// Collects the texts of a mail, up to a bound, and has the content of every part searched on the way.
final class TextCollector implements PartVisitor {
    private final int textMax;
    private final ContentSearch search;
    private final FoldedText body;
    private final StringBuilder html = new StringBuilder();

    TextCollector(int textMax, ContentSearch search) {
        this.textMax = textMax;
        this.search = search;
        this.body = new FoldedText(textMax);
    }

    @Override
    public void part(MimePart part, InputStream decoded) throws IOException {
        InputStream seen = search.over(decoded);
        if (search.isZip(seen)) {
            search.inside(seen);
        } else if (part.isText() && hasRoom(part.isHtml())) {
            Reader reader = new InputStreamReader(seen, part.charset());
            char[] block = new char[4096];
            HtmlText tags = new HtmlText(body);
            boolean isHtml = part.isHtml();
            for (int n = reader.read(block); n >= 0 && hasRoom(isHtml); n = reader.read(block)) {
                if (isHtml) {
                    html.append(block, 0, Math.min(n, textMax - Math.min(textMax, html.length())));
                    tags.append(block, n);
                } else {
                    body.append(block, n);
                }
            }
            body.append('\n');
        }
        search.drain(seen);
    }

    private boolean hasRoom(boolean isHtml) {
        return body.hasRoom() || (isHtml && html.length() < textMax);
    }

    MailText text(MailTransaction mail) {
        return new MailText(mail, Rule.Text.of(body.toString()), Rule.Text.of(html.toString()), search.found());
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.urls;

/// A link as it stands in a mail.
///
/// @param url as it stands there, cut where no browser would take it
/// @param shown the text people click on, its beginning where it is long; empty where there is none of its own
/// @param source where it stands
record MailLink(String url, String shown, Source source) {
    /// The longest address that is taken apart, in characters.
    static final int URL_MAX = 4_000;

    /// From this length on, a text is no address that people read.
    static final int SHOWN_MAX = 2_000;

    MailLink {
        url = beginning(url, 2 * URL_MAX); // blanks and line ends may stand in it
        shown = beginning(shown, SHOWN_MAX + 1);
    }

    private static String beginning(String text, int max) {
        return text.length() > max ? text.substring(0, max) : text;
    }

    /// Where a link stands.
    enum Source {
        TEXT,
        HTML,
        /// A resource of an HTML page, such as a picture: loaded, not clicked.
        RESOURCE,
        PDF,
        CODE
    }
}

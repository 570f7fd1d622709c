// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.urls;

/// A link as it stands in a mail.
///
/// @param url as it stands there
/// @param shown the text people click on; empty where there is none of its own
/// @param source where it stands
record MailLink(String url, String shown, Source source) {
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

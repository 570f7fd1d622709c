// SPDX-License-Identifier: Apache-2.0
package org.postern.core.filter;

/// Something that one filter took out of a mail and that others can judge, such as the host of a link for DNS lists.
/// Comes from hostile mail.
public sealed interface Extract {
    /// How many of one mail are passed on; what goes beyond is dropped.
    int MAX = 200;

    /// A link in a text, an HTML page, a PDF or a QR code.
    ///
    /// @param url as it stands there, at most 2000 characters
    /// @param host in lower case, a name as A-labels without a dot at its end, or an IP address
    record Link(String url, String host) implements Extract {
        public Link {
            if (url.length() > 2000) {
                url = url.substring(0, 2000);
            }
        }
    }

    /// A mail address in the body, such as that of a `mailto:` link.
    ///
    /// @param address as it stands there
    record Mailbox(String address) implements Extract {}

    /// An attached file.
    ///
    /// @param sha256 of its decoded octets, 64 lower-case hexadecimal digits
    record File(String sha256) implements Extract {
        public File {
            if (!sha256.matches("[0-9a-f]{64}")) {
                throw new IllegalArgumentException("not a SHA-256 in hexadecimal");
            }
        }
    }
}

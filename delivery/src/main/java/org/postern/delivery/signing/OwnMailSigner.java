// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.signing;

import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.postern.core.limits.ByteSize;
import org.postern.core.mail.Domain;
import org.postern.core.mail.MessageContent;
import org.postern.core.mail.MessageHeader;
import org.postern.core.mail.RawHeader;

/// Signs what the store writes itself: reports and automatic replies. Many threads use it.
///
/// Forwards are never signed: whoever wrote them was not asked for a login here, and the writer's own
/// signature holds, for no octet below the fields on top changes.
public final class OwnMailSigner {
    private static final byte[] NONE = {};

    private final Map<Domain, DkimSigner> signers;

    /// @throws org.postern.core.config.ConfigException where a key cannot be read
    public OwnMailSigner(OwnSigningConfig config) {
        this.signers = DkimSigner.read(config.dkim());
    }

    /// Opens the octets of a message after those at its top.
    public interface Rest {
        InputStream open() throws IOException;
    }

    /// The signature fields to be put on top; nothing where there is no key for the author.
    ///
    /// @param author the domain of the From field
    /// @param top the whole header at least
    public byte[] sign(Domain author, Instant when, byte[] top, Rest rest) throws IOException {
        Optional<DkimSigner> signer = signer(author);
        if (signer.isEmpty()) {
            return NONE;
        }
        try (MessageContent content = MessageContent.of(top)) {
            MessageHeader header = MessageHeader.read(content, new ByteSize(top.length));
            try (InputStream beginning = content.newInputStream();
                    InputStream end = rest.open()) {
                beginning.skipNBytes(header.bodyOffset());
                return signer.get()
                        .sign(
                                RawHeader.read(content, header),
                                new SequenceInputStream(beginning, end),
                                when.getEpochSecond())
                        .getBytes(StandardCharsets.US_ASCII);
            }
        }
    }

    /// The keys of the domain, else of the nearest one above it: `d=` may be a parent of the author's
    /// domain. RFC 6376 section 2.5, RFC 9989 section 4.4 (relaxed alignment).
    private Optional<DkimSigner> signer(Domain author) {
        String name = author.name();
        while (true) {
            DkimSigner signer = signers.get(new Domain(name));
            int dot = name.indexOf('.');
            if (signer != null || dot < 0 || author.isAddressLiteral()) {
                return Optional.ofNullable(signer);
            }
            name = name.substring(dot + 1);
        }
    }
}

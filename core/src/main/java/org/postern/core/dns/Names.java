// SPDX-License-Identifier: Apache-2.0
package org.postern.core.dns;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.xbill.DNS.Name;
import org.xbill.DNS.Type;

/// Turns names and types into dnsjava's and back, octet by octet, without its escapes.
final class Names {
    private Names() {}

    static Name toDnsjava(DnsName name) {
        byte[] wire = new byte[name.text().isEmpty() ? 1 : name.text().length() + 2];
        int at = 0;
        for (String label : name.labels()) {
            byte[] octets = label.getBytes(StandardCharsets.US_ASCII);
            wire[at++] = (byte) octets.length;
            System.arraycopy(octets, 0, wire, at, octets.length);
            at += octets.length;
        }
        try {
            return new Name(wire);
        } catch (IOException e) {
            throw new IllegalStateException("a checked name is a name: " + name, e);
        }
    }

    /// Empty for a name that Postern has no use for, such as one with control characters or dots
    /// inside a label.
    static Optional<DnsName> fromDnsjava(Name name) {
        if (name.equals(Name.root)) {
            return Optional.of(DnsName.ROOT);
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < name.labels() - 1; i++) {
            byte[] label = name.getLabel(i);
            String octets = new String(label, 1, label[0], StandardCharsets.ISO_8859_1);
            if (octets.indexOf('.') >= 0) {
                return Optional.empty();
            }
            text.append(text.isEmpty() ? "" : ".").append(octets);
        }
        return DnsName.of(text.toString());
    }

    static int type(DnsQuestion.Type type) {
        return switch (type) {
            case A -> Type.A;
            case AAAA -> Type.AAAA;
            case MX -> Type.MX;
            case TXT -> Type.TXT;
            case PTR -> Type.PTR;
            case TLSA -> Type.TLSA;
            case CNAME -> Type.CNAME;
        };
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/// What the relations and the list of types of an Office document say of its parts, whatever these are called. ECMA-376
/// part 2 sections 8 and 9.
///
/// @param remote a template, frame or object is fetched from elsewhere when the document is opened
/// @param macros some part is a VBA project or a macro sheet
record OfficeParts(boolean remote, boolean macros) {
    /// Far more than honest ones have.
    static final int OCTETS_MAX = 2 * 1024 * 1024;

    private static final OfficeParts NOTHING = new OfficeParts(false, false);

    /// Whether a file of this name tells of parts.
    static boolean areIn(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".rels") || lower.endsWith("[content_types].xml");
    }

    static OfficeParts of(byte[] octets) {
        OfficeParts found = NOTHING;
        try {
            XMLStreamReader xml = factory().createXMLStreamReader(new ByteArrayInputStream(octets));
            while (xml.hasNext()) {
                if (xml.next() == XMLStreamConstants.START_ELEMENT) {
                    found = found.and(element(xml));
                }
            }
            xml.close();
            return found;
        } catch (XMLStreamException | RuntimeException e) {
            // Office refuses what is no XML; but somebody may be more generous.
            return found.and(words(new String(octets, StandardCharsets.UTF_8)));
        }
    }

    /// Neither a DTD nor what lies outside of the file is read.
    private static XMLInputFactory factory() {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        return factory;
    }

    private static OfficeParts element(XMLStreamReader xml) {
        boolean external = attribute(xml, "TargetMode").equals("external");
        String type = attribute(xml, "Type");
        return new OfficeParts(external && isFetched(type), isMacro(type) || isMacro(attribute(xml, "ContentType")));
    }

    private static String attribute(XMLStreamReader xml, String name) {
        return Optional.ofNullable(xml.getAttributeValue(null, name))
                .orElse("")
                .strip()
                .toLowerCase(Locale.ROOT);
    }

    private static boolean isFetched(String type) {
        return type.endsWith("/attachedtemplate") || type.endsWith("/oleobject") || type.endsWith("/frame");
    }

    private static boolean isMacro(String type) {
        return type.contains("vbaproject") || type.contains("macrosheet") || type.contains("macroenabled");
    }

    private static OfficeParts words(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        return new OfficeParts(
                lower.contains("external")
                        && (lower.contains("/attachedtemplate")
                                || lower.contains("/oleobject")
                                || lower.contains("/frame")),
                isMacro(lower));
    }

    private OfficeParts and(OfficeParts other) {
        return new OfficeParts(remote || other.remote, macros || other.macros);
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mime;

/// Something in a message that different programs read differently.
public enum Ambiguity {
    /// The header ended at a line that is no header field.
    BROKEN_HEADER,
    /// A comment or blank inside the name of a content field, such as `Content-Type(x):`.
    ODD_FIELD_NAME,
    /// More than one Content-Type or Content-Transfer-Encoding in one header.
    REPEATED_FIELD,
    /// More than one boundary, or one with a semicolon or in the encoding of RFC 2231.
    ODD_BOUNDARY,
    /// A boundary in a field where none belongs.
    MISPLACED_BOUNDARY,
    /// A part behind a delimiter that no field declares.
    UNDECLARED_PART,
    /// Base64 where another encoding, or none, is declared, or the other way round; several; or encoded structure.
    UNDECLARED_ENCODING,
    /// A message inside an S/MIME signature, which some programs open.
    WRAPPED_MESSAGE
}

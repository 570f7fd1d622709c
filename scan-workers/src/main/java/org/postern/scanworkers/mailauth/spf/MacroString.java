// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth.spf;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Text with macros in it. RFC 7208 section 7.
///
/// @param parts literal text and macros in their order
record MacroString(List<Part> parts) {
    private static final Pattern MACRO =
            Pattern.compile("%\\{([SLODIPHCRTVslodiphcrtv])(\\d{0,9})([rR]?)([.\\-+,/_=]*)\\}");
    private static final Pattern DOMAIN_END =
            Pattern.compile("\\.(?:[A-Za-z0-9]*[A-Za-z][A-Za-z0-9]*|[A-Za-z0-9]+-[A-Za-z0-9-]*[A-Za-z0-9])\\.?");
    private static final int NAME_MAX = 253;

    MacroString {
        parts = List.copyOf(parts);
    }

    sealed interface Part {
        record Literal(String text) implements Part {}

        /// @param letter in lower case
        /// @param escaped whether it was in upper case: URL-escape the value
        /// @param keep how many of the right-most parts to keep
        record Macro(char letter, boolean escaped, int keep, boolean reversed, String delimiters) implements Part {}
    }

    /// What macros stand for in one evaluation.
    interface Values {
        String value(char letter) throws Stop, InterruptedException;
    }

    /// Reads a macro-string. The letters c, r and t are for explanations only; see [#parseExplanation].
    static MacroString parse(String text) throws Stop {
        return parse(text, false);
    }

    /// Reads an explain-string, which may hold blanks and the letters c, r and t. RFC 7208 section 6.2.
    static MacroString parseExplanation(String text) throws Stop {
        return parse(text, true);
    }

    /// Reads a domain-spec: a macro-string that ends in a top-level label or a macro. RFC 7208 section 7.1.
    static MacroString domainSpec(String text) throws Stop {
        MacroString parsed = parse(text, false);
        boolean ended = !parsed.parts.isEmpty()
                && switch (parsed.parts.getLast()) {
                    case Part.Macro _ -> true;
                    case Part.Literal literal -> endsInTopLabel(literal.text());
                };
        if (!ended) {
            throw Stop.permanent("not a domain: " + text);
        }
        return parsed;
    }

    private static boolean endsInTopLabel(String literal) {
        int end = literal.endsWith(".") ? literal.length() - 1 : literal.length();
        int dot = literal.lastIndexOf('.', end - 1);
        return dot >= 0 && DOMAIN_END.matcher(literal.substring(dot)).matches();
    }

    private static MacroString parse(String text, boolean explanation) throws Stop {
        List<Part> parts = new ArrayList<>();
        StringBuilder literal = new StringBuilder();
        Matcher macro = MACRO.matcher(text);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '%') {
                if (c < (explanation ? ' ' : '!') || c > '~') {
                    throw Stop.permanent("a character that may not stand in a macro-string");
                }
                literal.append(c);
                continue;
            }
            String escape = i + 1 < text.length() ? escape(text.charAt(i + 1)) : "";
            if (!escape.isEmpty()) {
                literal.append(escape);
                i++;
                continue;
            }
            if (!macro.region(i, text.length()).lookingAt()) {
                throw Stop.permanent("not a macro: " + text.substring(i));
            }
            if (!literal.isEmpty()) {
                parts.add(new Part.Literal(literal.toString()));
                literal.setLength(0);
            }
            parts.add(macro(macro, explanation));
            i = macro.end() - 1;
        }
        if (!literal.isEmpty()) {
            parts.add(new Part.Literal(literal.toString()));
        }
        return new MacroString(parts);
    }

    private static String escape(char c) {
        return switch (c) {
            case '%' -> "%";
            case '_' -> " ";
            case '-' -> "%20";
            default -> "";
        };
    }

    private static Part macro(Matcher macro, boolean explanation) throws Stop {
        char letter = macro.group(1).charAt(0);
        char lower = Character.toLowerCase(letter);
        if (!explanation && "crt".indexOf(lower) >= 0) {
            throw Stop.permanent("a macro for explanations only: " + macro.group());
        }
        int keep = macro.group(2).isEmpty() ? Integer.MAX_VALUE : Integer.parseInt(macro.group(2));
        if (keep == 0) {
            throw Stop.permanent("a macro that keeps nothing: " + macro.group());
        }
        String delimiters = macro.group(4).isEmpty() ? "." : macro.group(4);
        return new Part.Macro(lower, letter != lower, keep, !macro.group(3).isEmpty(), delimiters);
    }

    /// The text with all macros replaced.
    String expand(Values values) throws Stop, InterruptedException {
        StringBuilder text = new StringBuilder();
        for (Part part : parts) {
            switch (part) {
                case Part.Literal literal -> text.append(literal.text());
                case Part.Macro macro -> {
                    String value = transform(macro, values.value(macro.letter()));
                    text.append(macro.escaped() ? urlEscape(value) : value);
                }
            }
        }
        return text.toString();
    }

    /// The text as a domain name: cut from the left, label by label, where it is too long. RFC 7208 section 7.3.
    String expandDomain(Values values) throws Stop, InterruptedException {
        String name = expand(values);
        if (name.endsWith(".")) {
            name = name.substring(0, name.length() - 1);
        }
        while (name.length() > NAME_MAX && name.indexOf('.') >= 0) {
            name = name.substring(name.indexOf('.') + 1);
        }
        return name.toLowerCase(Locale.ROOT);
    }

    private static String transform(Part.Macro macro, String value) {
        List<String> pieces =
                new ArrayList<>(Arrays.asList(value.split("[" + Pattern.quote(macro.delimiters()) + "]", -1)));
        if (macro.reversed()) {
            Collections.reverse(pieces);
        }
        int first = Math.max(0, pieces.size() - macro.keep());
        return String.join(".", pieces.subList(first, pieces.size()));
    }

    /// RFC 3986 section 2.3.
    private static String urlEscape(String value) {
        StringBuilder text = new StringBuilder();
        for (byte octet : value.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (octet & 0xff);
            boolean plain = (c >= 'A' && c <= 'Z')
                    || (c >= 'a' && c <= 'z')
                    || (c >= '0' && c <= '9')
                    || "-._~".indexOf(c) >= 0;
            text.append(plain ? String.valueOf(c) : String.format(Locale.ROOT, "%%%02X", (int) c));
        }
        return text.toString();
    }
}

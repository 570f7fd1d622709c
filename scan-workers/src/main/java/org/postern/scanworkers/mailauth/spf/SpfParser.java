// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth.spf;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads a policy. Any error anywhere makes the whole record an error. RFC 7208 section 4.6 and 12.
final class SpfParser {
    private static final Pattern MODIFIER = Pattern.compile("([A-Za-z][A-Za-z0-9_.-]*)=(.*)");
    private static final Pattern MECHANISM = Pattern.compile("([+?~-]?)([A-Za-z][A-Za-z0-9_.-]*)([:/].*)?");
    private static final Pattern DUAL_CIDR = Pattern.compile("(.*?)(?:/(0|[1-9]\\d{0,2}))?(?://(0|[1-9]\\d{0,2}))?");
    private static final Pattern NETWORK = Pattern.compile("([0-9A-Fa-f:.]+)(?:/(0|[1-9]\\d{0,2}))?");
    private static final Pattern IP4 = Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(?:\\.(?!$)|$)){4}");

    private final List<SpfRecord.Directive> directives = new ArrayList<>();
    private Optional<MacroString> redirect = Optional.empty();
    private Optional<MacroString> exp = Optional.empty();

    private SpfParser() {}

    /// Whether a TXT record is a policy at all. RFC 7208 section 4.5.
    static boolean isPolicy(String text) {
        return text.regionMatches(true, 0, "v=spf1", 0, 6) && (text.length() == 6 || text.charAt(6) == ' ');
    }

    /// @param text a TXT record that [#isPolicy]
    static SpfRecord parse(String text) throws Stop {
        if (!text.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
            throw Stop.permanent("the policy holds octets that are not printable US-ASCII");
        }
        SpfParser parser = new SpfParser();
        for (String term : text.substring(6).split(" ", -1)) {
            if (!term.isEmpty()) {
                parser.term(term);
            }
        }
        return new SpfRecord(parser.directives, parser.redirect, parser.exp);
    }

    private void term(String term) throws Stop {
        Matcher modifier = MODIFIER.matcher(term);
        if (modifier.matches()) {
            modifier(modifier.group(1).toLowerCase(Locale.ROOT), modifier.group(2));
            return;
        }
        Matcher mechanism = MECHANISM.matcher(term);
        if (!mechanism.matches()) {
            throw Stop.permanent("not a term: " + term);
        }
        SpfResult qualifier = switch (mechanism.group(1)) {
            case "-" -> SpfResult.FAIL;
            case "~" -> SpfResult.SOFTFAIL;
            case "?" -> SpfResult.NEUTRAL;
            default -> SpfResult.PASS;
        };
        String rest = mechanism.group(3) == null ? "" : mechanism.group(3);
        directives.add(new SpfRecord.Directive(
                qualifier, mechanism(mechanism.group(2).toLowerCase(Locale.ROOT), rest, term), term));
    }

    private void modifier(String name, String value) throws Stop {
        switch (name) {
            case "redirect" -> {
                requireOnce(name, redirect);
                redirect = Optional.of(MacroString.domainSpec(value));
            }
            case "exp" -> {
                requireOnce(name, exp);
                exp = Optional.of(MacroString.domainSpec(value));
            }
            default -> MacroString.parse(value);
        }
    }

    private static void requireOnce(String name, Optional<MacroString> earlier) throws Stop {
        if (earlier.isPresent()) {
            throw Stop.permanent("two modifiers " + name);
        }
    }

    private static Mechanism mechanism(String name, String rest, String term) throws Stop {
        return switch (name) {
            case "all" -> {
                if (!rest.isEmpty()) {
                    throw Stop.permanent("\"all\" takes no argument: " + term);
                }
                yield new Mechanism.All();
            }
            case "include" -> new Mechanism.Include(requiredDomain(rest, term));
            case "exists" -> new Mechanism.Exists(requiredDomain(rest, term));
            case "ptr" ->
                new Mechanism.Ptr(rest.isEmpty() ? Optional.empty() : Optional.of(requiredDomain(rest, term)));
            case "a", "mx" -> {
                Matcher parts = DUAL_CIDR.matcher(rest);
                if (!parts.matches()) {
                    throw Stop.permanent("not a mechanism: " + term);
                }
                Optional<MacroString> domain =
                        parts.group(1).isEmpty() ? Optional.empty() : Optional.of(requiredDomain(parts.group(1), term));
                Mechanism.Cidr cidr =
                        new Mechanism.Cidr(prefix(parts.group(2), 32, term), prefix(parts.group(3), 128, term));
                yield name.equals("a") ? new Mechanism.A(domain, cidr) : new Mechanism.Mx(domain, cidr);
            }
            case "ip4" -> new Mechanism.Ip(network(rest, 4, term));
            case "ip6" -> new Mechanism.Ip(network(rest, 16, term));
            default -> throw Stop.permanent("no such mechanism: " + term);
        };
    }

    private static MacroString requiredDomain(String rest, String term) throws Stop {
        if (!rest.startsWith(":")) {
            throw Stop.permanent("a domain is missing: " + term);
        }
        return MacroString.domainSpec(rest.substring(1));
    }

    private static int prefix(String digits, int most, String term) throws Stop {
        if (digits == null) {
            return most;
        }
        int length = Integer.parseInt(digits);
        if (length > most) {
            throw Stop.permanent("not a prefix length: " + term);
        }
        return length;
    }

    private static Network network(String rest, int octets, String term) throws Stop {
        Matcher parts = NETWORK.matcher(rest.startsWith(":") ? rest.substring(1) : "");
        if (!parts.matches() || octets == 4 != IP4.matcher(parts.group(1)).matches()) {
            throw Stop.permanent("not a network: " + term);
        }
        return new Network(octets(parts.group(1), octets, term), prefix(parts.group(2), octets * 8, term));
    }

    private static byte[] octets(String literal, int length, String term) throws Stop {
        if (length == 16 && literal.indexOf(':') < 0) {
            throw Stop.permanent("not an IPv6 address: " + term);
        }
        try {
            byte[] octets = InetAddress.getByName(literal).getAddress();
            if (octets.length == length) {
                return octets;
            }
            // The library turns ::ffff:192.0.2.1 into an IPv4 address; here it is meant as written.
            byte[] mapped = new byte[16];
            mapped[10] = (byte) 0xff;
            mapped[11] = (byte) 0xff;
            System.arraycopy(octets, 0, mapped, 12, 4);
            return mapped;
        } catch (UnknownHostException _) {
            throw Stop.permanent("not an address: " + term);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.urls;

import java.lang.Character.UnicodeScript;
import java.net.IDN;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// What a host looks like to people.
final class Looks {
    /// Letters that look like the Latin letter at the same place below. A part of UTS 39's confusables.txt:
    /// lower-case letters only, for hosts have no others.
    private static final String FOREIGN =
            "\u0430\u0441\u0501\u0435\u04bb\u0456\u0458\u04cf\u043e\u0440\u051b\u0455\u051d\u0445\u0443\u043a\u043c"
                    + "\u0442\u0432\u043d\u0438\u043f\u0433\u044c\u03b1\u03bf\u03bd\u03c1\u03c5\u03b9\u03ba\u03c4\u03c9\u03c7"
                    + "\u03b7\u03b5\u0578\u0585\u057d\u0570\u0563\u0581\u0261\u0131\u0269\u1d04\u1d0f\u1d1c\u1d20\u1d21\u1d22";
    private static final String LATIN = "acdehijlopqswxykmtbhunrbaovpuiktwxnenouhgggiicouvwz";

    private static final List<Set<UnicodeScript>> TOGETHER = List.of(
            EnumSet.of(UnicodeScript.LATIN, UnicodeScript.HAN, UnicodeScript.HIRAGANA, UnicodeScript.KATAKANA),
            EnumSet.of(UnicodeScript.LATIN, UnicodeScript.HAN, UnicodeScript.BOPOMOFO),
            EnumSet.of(UnicodeScript.LATIN, UnicodeScript.HAN, UnicodeScript.HANGUL));

    private final List<String> protectedDomains;

    Looks(List<String> protectedDomains) {
        this.protectedDomains = List.copyOf(protectedDomains);
    }

    /// The host as browsers show it at their most generous.
    static String shown(String host) {
        return IDN.toUnicode(host, IDN.ALLOW_UNASSIGNED);
    }

    /// Whether a label mixes scripts as no language does, or is written in another script with letters that all look
    /// Latin under a Latin suffix. UTS 39 sections 5.1 and 4.
    static boolean isHomograph(String host) {
        if (!host.contains("xn--")) {
            return false;
        }
        String[] labels = shown(host).split("\\.", -1);
        String suffix = labels[labels.length - 1];
        boolean latinSuffix = suffix.chars().allMatch(c -> c < 0x80);
        for (String label : labels) {
            Set<UnicodeScript> scripts = scripts(label);
            if (scripts.size() > 1 && TOGETHER.stream().noneMatch(set -> set.containsAll(scripts))) {
                return true;
            }
            boolean foreign = !scripts.isEmpty() && !scripts.contains(UnicodeScript.LATIN);
            boolean likeLatin = label.codePoints().filter(Character::isLetter).allMatch(c -> FOREIGN.indexOf(c) >= 0);
            if (foreign && likeLatin && latinSuffix) {
                return true;
            }
        }
        return false;
    }

    private static Set<UnicodeScript> scripts(String label) {
        Set<UnicodeScript> scripts = EnumSet.noneOf(UnicodeScript.class);
        label.codePoints().mapToObj(UnicodeScript::of).forEach(scripts::add);
        scripts.removeAll(EnumSet.of(UnicodeScript.COMMON, UnicodeScript.INHERITED, UnicodeScript.UNKNOWN));
        return scripts;
    }

    /// The protected domain that a host imitates: by letters that look alike, or by standing before the real end.
    Optional<String> imitated(WebAddress address) {
        if (address.isAddress()) {
            return Optional.empty();
        }
        String domain = address.domain();
        String name = firstLabel(domain);
        String looks = skeleton(shown(name));
        for (String each : protectedDomains) {
            String real = firstLabel(each);
            if (name.equals(real)) {
                return Optional.empty(); // amazon.de for amazon.com: its own, or a matter for lists
            }
            boolean alike = looks.equals(skeleton(real));
            boolean before = contains(address.host(), each);
            if (alike || before) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }

    /// Whether the labels of a domain stand in a host, and not at its end.
    private static boolean contains(String host, String domain) {
        return ("." + host).contains("." + domain + ".");
    }

    private static String firstLabel(String domain) {
        int dot = domain.indexOf('.');
        return dot < 0 ? domain : domain.substring(0, dot);
    }

    /// A text by its looks: those with the same skeleton look alike.
    static String skeleton(String label) {
        String plain = Normalizer.normalize(label.toLowerCase(Locale.ROOT), Normalizer.Form.NFKD)
                .replaceAll("\\p{M}", "");
        int[] letters = plain.codePoints()
                .map(c -> FOREIGN.indexOf(c) >= 0 ? LATIN.charAt(FOREIGN.indexOf(c)) : c)
                .toArray();
        String latin = Arrays.stream(letters)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return latin.replace('0', 'o')
                .replace('1', 'l')
                .replace('i', 'l')
                .replace('5', 's')
                .replace("rn", "m")
                .replace("vv", "w");
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth.dkim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/// Changes that happen to mails on their way, and changes that somebody makes who means harm.
final class Mutations {
    private Mutations() {}

    static String change(String message, Random random) {
        int end = message.indexOf("\r\n\r\n");
        List<String> fields = fields(message.substring(0, end + 2));
        String body = message.substring(end + 4);
        int at = random.nextInt(fields.size());
        String field = fields.get(at);
        int colon = field.indexOf(':');
        switch (random.nextInt(27)) {
            case 0 -> fields.set(at, flip(field, colon + 1, random));
            case 1 -> body = body.isEmpty() ? "x" : flip(body, 0, random);
            case 2 -> fields.set(at, field.substring(0, colon).toUpperCase(Locale.ROOT) + field.substring(colon));
            case 3 -> fields.set(at, field.replace(" ", "  "));
            case 4 -> fields.set(at, field.substring(0, field.length() - 2) + " \t\r\n");
            case 5 ->
                fields.set(
                        at,
                        field.substring(0, colon + 1) + "\r\n "
                                + field.substring(colon + 1).stripLeading());
            case 6 -> fields.add(0, "X-Added: on the way\r\n");
            case 7 -> fields.add("X-Added: at the end\r\n");
            case 8 -> fields.add(0, "From: Eve <eve@example.com>\r\n");
            case 9 -> fields.add("From: Eve <eve@example.com>\r\n");
            case 10 -> fields.add(random.nextInt(fields.size() + 1), "Subject: another\r\n");
            case 11 -> fields.remove(at);
            case 12 -> Collections.swap(fields, at, random.nextInt(fields.size()));
            case 13 -> body = body + "\r\n\r\n";
            case 14 -> body = body + "one more line\r\n";
            case 15 -> body = body.replace(" ", "\t ");
            case 16 -> body = body.replace("\r\n", " \r\n");
            case 17 -> body = body.substring(0, body.length() / 2);
            case 18 -> body = body.stripTrailing();
            case 19 -> signature(fields, text -> text.replaceFirst("; ", ";\r\n\t"), random);
            case 20 -> signature(fields, text -> text.replaceFirst("bh=.", "bh=A"), random);
            case 21 -> signature(fields, text -> text.replaceFirst("example\\.org", "example.com"), random);
            case 22 -> signature(fields, text -> text.replaceFirst("v=1;", "v=1; zz=unknown;"), random);
            case 23 -> signature(fields, text -> text.replaceFirst("a=[a-z0-9]*-sha256", "a=rsa-sha1"), random);
            case 24 -> signature(fields, text -> text.replaceFirst("(?i)([ :])from", "$1x-from"), random);
            case 25 -> signature(fields, text -> text.replaceFirst("s=[a-z]+;", "s=nobody;"), random);
            default -> fields.add(random.nextInt(fields.size() + 1), field);
        }
        return String.join("", fields) + "\r\n" + body;
    }

    private static void signature(List<String> fields, java.util.function.UnaryOperator<String> change, Random random) {
        List<Integer> indexes = new ArrayList<>();
        for (int i = 0; i < fields.size(); i++) {
            if (fields.get(i).startsWith("DKIM-Signature:")) {
                indexes.add(i);
            }
        }
        if (!indexes.isEmpty()) {
            int index = indexes.get(random.nextInt(indexes.size()));
            fields.set(index, change.apply(fields.get(index)));
        }
    }

    private static String flip(String text, int from, Random random) {
        char[] octets = text.toCharArray();
        int at = from + random.nextInt(Math.max(1, octets.length - from));
        if (at < octets.length && octets[at] != '\r' && octets[at] != '\n') {
            octets[at] = octets[at] == 'x' ? 'y' : 'x';
        }
        return new String(octets);
    }

    private static List<String> fields(String header) {
        return new ArrayList<>(Arrays.asList(header.split("(?<=\r\n)(?![ \t])")));
    }
}

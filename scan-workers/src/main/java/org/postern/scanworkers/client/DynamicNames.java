// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.client;

import java.net.InetAddress;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.postern.core.dns.DnsName;

/// Names that a provider made from the address, such as `198-51-100-7.dyn.isp.example`: they belong to lines of
/// customers more often than to mail servers.
final class DynamicNames {
    private static final Pattern NUMBER = Pattern.compile("\\d+");
    private static final Pattern WORD = Pattern.compile(
            "(?:^|[.-])(?:a?dsl|cable|catv|dhcp|dial(?:in|up)?|dyn(?:amic)?(?:-?ip)?|fttx|pool|pppoe?|vdsl)\\d*(?=[.-])");

    private DynamicNames() {}

    static boolean looksLikeOne(DnsName name, InetAddress address) {
        String text = name.text();
        return WORD.matcher(text).find() || hasAddress(text, address.getAddress());
    }

    /// Three of the four octets in a row, forwards or backwards, or all of them in hexadecimal.
    private static boolean hasAddress(String name, byte[] octets) {
        if (octets.length != 4) {
            return name.replace("-", "").replace(".", "").contains(hex(octets));
        }
        List<Integer> numbers = NUMBER.matcher(name)
                .results()
                .filter(found -> found.group().length() <= 3)
                .map(found -> Integer.valueOf(found.group()))
                .toList();
        List<Integer> address = List.of(octets[0] & 0xff, octets[1] & 0xff, octets[2] & 0xff, octets[3] & 0xff);
        return hasThree(numbers, address) || hasThree(numbers, address.reversed()) || name.contains(hex(octets));
    }

    private static boolean hasThree(List<Integer> numbers, List<Integer> address) {
        return Collections.indexOfSubList(numbers, address.subList(0, 3)) >= 0
                || Collections.indexOfSubList(numbers, address.subList(1, 4)) >= 0;
    }

    private static String hex(byte[] octets) {
        StringBuilder text = new StringBuilder();
        for (byte octet : octets) {
            text.append(String.format(Locale.ROOT, "%02x", octet));
        }
        return text.toString();
    }
}

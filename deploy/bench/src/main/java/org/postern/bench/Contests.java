// SPDX-License-Identifier: Apache-2.0
package org.postern.bench;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// What is measured: each contest with its servers.
final class Contests {
    private static final List<Integer> SIZES = List.of(4096, 65_536);
    private static final String POSTERN = "Postern";
    private static final String POSTERN_CLAMD = "Postern + clamd";
    private static final String POSTFIX = "Postfix";
    private static final String POSTFIX_MILTER = "Postfix + clamav-milter";
    private static final String HARAKA = "Haraka + clamd";
    private static final String FRONT = "Postern's front";
    private static final String SINK = "smtp-sink";

    private Contests() {}

    /// @param postern the `postern` command
    static List<Contest> all(Path postern, Path clamd, InetSocketAddress milter, long seed) {
        return List.of(
                new Contest(
                        "mail",
                        "Mails accepted and kept; every message unique",
                        "mails",
                        Load.mails(seed),
                        SIZES,
                        scanned(postern, clamd, milter),
                        List.of(
                                new Contest.Ratio(POSTERN, POSTFIX),
                                new Contest.Ratio(POSTERN_CLAMD, POSTFIX_MILTER),
                                new Contest.Ratio(POSTERN_CLAMD, HARAKA))),
                new Contest(
                        "known",
                        "Mails whose content was seen before, scanned and kept",
                        "mails",
                        Load.sameMails(seed),
                        SIZES,
                        List.of(
                                () -> PosternPeer.keeping(POSTERN_CLAMD, postern, Optional.of(clamd)),
                                () -> PostfixPeer.holding(POSTFIX_MILTER, Optional.of(milter))),
                        List.of(new Contest.Ratio(POSTERN_CLAMD, POSTFIX_MILTER))),
                new Contest(
                        "intake",
                        "Mails taken in and thrown away, sent by smtp-source",
                        "mails",
                        Load.tool("smtp-source", "-d"),
                        SIZES,
                        List.of(DiscardingPeer::start, SinkPeer::start),
                        List.of(new Contest.Ratio(FRONT, SINK))),
                new Contest(
                        "refusals",
                        "Connections whose one recipient is refused",
                        "connections",
                        Load.refusals(),
                        List.of(0),
                        List.of(
                                () -> PosternPeer.keeping(POSTERN, postern, Optional.empty()),
                                () -> PostfixPeer.refusing(POSTFIX)),
                        List.of(new Contest.Ratio(POSTERN, POSTFIX))),
                new Contest(
                        "handoff",
                        "Mails accepted durably over QMQP, sent by qmqp-source",
                        "mails",
                        Load.tool("qmqp-source"),
                        SIZES,
                        List.of(() -> PosternPeer.qmqp(POSTERN, postern), () -> PostfixPeer.qmqp(POSTFIX)),
                        List.of(new Contest.Ratio(POSTERN, POSTFIX))),
                new Contest(
                        "delivered",
                        "Mails accepted and delivered to a Maildir at the same time; every message unique",
                        "mails",
                        Load.mails(seed),
                        SIZES,
                        List.of(() -> PosternPeer.delivering(POSTERN, postern), () -> PostfixPeer.delivering(POSTFIX)),
                        List.of(new Contest.Ratio(POSTERN, POSTFIX))));
    }

    private static List<Supplier<Peer>> scanned(Path postern, Path clamd, InetSocketAddress milter) {
        List<Supplier<Peer>> servers = new ArrayList<>(List.of(
                () -> PosternPeer.keeping(POSTERN, postern, Optional.empty()),
                () -> PosternPeer.keeping(POSTERN_CLAMD, postern, Optional.of(clamd)),
                () -> PostfixPeer.holding(POSTFIX, Optional.empty()),
                () -> PostfixPeer.holding(POSTFIX_MILTER, Optional.of(milter))));
        HarakaPeer.program()
                .ifPresentOrElse(
                        haraka -> servers.add(() -> HarakaPeer.start(HARAKA, haraka, clamd)),
                        () -> System.out.println("haraka is not on the PATH and is not measured"));
        return servers;
    }
}

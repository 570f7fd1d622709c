// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.postern.testkit.Ports;

/// One installation below a folder, made by `postern init`, on free ports of its own.
///
/// @param folder what `init` filled
/// @param mx the MX port
/// @param submission the submission port with STARTTLS
/// @param submissions the submission port with implicit TLS
/// @param qmqp the QMQP port
/// @param handoff the handoff port
/// @param management the management port
record Site(Path folder, int mx, int submission, int submissions, int qmqp, int handoff, int management) {
    static final String ALICE = "alice@example.org";
    static final String PASSWORD = "correct horse";

    static Site init(Path folder, String... options) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(
                "init",
                folder.toString(),
                "--domain",
                "example.org",
                "--account",
                ALICE + ":" + PASSWORD,
                "--loopback"));
        arguments.addAll(List.of(options));
        PosternProcess.Ended ended = PosternProcess.run(arguments.toArray(String[]::new));
        if (ended.exit() != 0) {
            throw new IOException("postern init: " + ended.err());
        }
        int[] ports = freePorts(6);
        return new Site(folder, ports[0], ports[1], ports[2], ports[3], ports[4], ports[5]);
    }

    /// The words after `postern ROLE`, with every port replaced by ours and the given settings on top.
    String[] arguments(List<String> role, String... settings) {
        List<String> arguments = new ArrayList<>(role);
        arguments.addAll(List.of("--config", folder.resolve("postern.yaml").toString()));
        for (String setting : List.of(
                "farms.mx.listen.0.port=" + mx,
                "farms.submission.listen.0.port=" + submission,
                "farms.submission.listen.1.port=" + submissions,
                "store.qmqp.listen=127.0.0.1:" + qmqp,
                "store.handoff.listen=127.0.0.1:" + handoff,
                "handoff.stores.0=127.0.0.1:" + handoff,
                "management.listen=127.0.0.1:" + management)) {
            arguments.addAll(List.of("--set", setting));
        }
        for (String setting : settings) {
            arguments.addAll(List.of("--set", setting));
        }
        return arguments.toArray(String[]::new);
    }

    InetSocketAddress mxAddress() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), mx);
    }

    InetSocketAddress submissionAddress() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), submission);
    }

    Path log(String name) {
        return folder.resolve(name + ".log");
    }

    /// Every mail file in any Maildir below the site.
    List<Path> delivered() throws IOException {
        return files(path -> path.getParent() != null
                && List.of("new", "cur").contains(path.getParent().getFileName().toString()));
    }

    /// Waits until there are so many mails, or until the end, and a moment longer, in which a second copy would come.
    void awaitDelivered(long mails, Instant end) throws IOException, InterruptedException {
        while (delivered().size() < mails && Instant.now().isBefore(end)) {
            Thread.sleep(100);
        }
        Thread.sleep(2_000);
    }

    List<Path> files(java.util.function.Predicate<Path> which) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).filter(which).toList();
        }
    }

    static int[] freePorts(int count) throws IOException {
        return IntStream.generate(Ports::free).limit(count).toArray();
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.postern.testkit;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Decides how a daemon is started, and says so once for each kind of daemon on standard output.
final class Ways {
    private static final Set<String> SAID = ConcurrentHashMap.newKeySet();

    private Ways() {}

    /// The wanted way, else the forced one, else a container where an engine has or builds the image, else the
    /// PATH.
    ///
    /// Fails the test where the daemon cannot be had: a test whose daemon is missing is never skipped.
    static Way choose(DaemonKind kind, Optional<Way> wanted) {
        Way way = wanted.or(Way::forced).orElseGet(() -> best(kind));
        switch (way) {
            case CONTAINER -> say(kind, "from container image " + image(kind));
            case PATH -> say(kind, "from " + onPath(kind));
        }
        return way;
    }

    /// The image's tag; fails the test where there is no engine or the image cannot be built.
    static String image(DaemonKind kind) {
        if (!Engine.answers()) {
            throw new AssertionError(
                    "no Docker engine answers, and " + kind.name() + " was asked for from a container. " + install());
        }
        return Engine.image(kind.image()).orElseThrow(() -> new AssertionError(Engine.reason(kind.image())));
    }

    /// Whether a Docker engine answers: for tests that want both ways where both can be had.
    static boolean engineAnswers() {
        return Engine.answers();
    }

    private static Path onPath(DaemonKind kind) {
        Path program = Programs.find(kind.binary()).orElseThrow(() -> new AssertionError(missing(kind)));
        if (kind.needsRoot() && !"root".equals(System.getProperty("user.name"))) {
            throw new AssertionError(
                    kind.name() + " starts as root only. Run the test as root, or with a Docker engine. " + install());
        }
        return program;
    }

    private static Way best(DaemonKind kind) {
        boolean container = Engine.answers() && Engine.image(kind.image()).isPresent();
        return container ? Way.CONTAINER : Way.PATH;
    }

    private static String missing(DaemonKind kind) {
        String engine = Engine.answers()
                ? "the Docker engine could not help (" + Engine.reason(kind.image()) + ")"
                : "no Docker engine answers";
        return kind.name() + " cannot be started: " + engine + " and " + kind.binary()
                + " is not on the PATH. Install it: apt-get install " + kind.debianPackage();
    }

    private static String install() {
        return "Install docker.io and start dockerd, or run with -Dpostern.testkit=path";
    }

    private static void say(DaemonKind kind, String what) {
        if (SAID.add(kind.name() + what)) {
            System.out.println("postern testkit: " + kind.name() + " " + what);
        }
    }
}

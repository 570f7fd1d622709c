// SPDX-License-Identifier: Apache-2.0
package org.postern.testkit;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Postern itself from its own image, which is built from the context that `deploy/images/postern/context.sh` makes.
///
/// Unlike the other daemons it has no second way: its tests from the PATH are the end-to-end tests of the
/// distribution.
public final class PosternContainer implements AutoCloseable {
    private static final String COMMAND = "/opt/postern/bin/postern";

    private final Daemon daemon;

    private PosternContainer(Daemon daemon) {
        this.daemon = daemon;
    }

    /// Whether a Docker engine answers.
    public static boolean possible() {
        return Ways.engineAnswers();
    }

    /// A new private folder for a site; it is removed when the container that serves it is closed.
    public static Path newSite() {
        return Folders.create("site");
    }

    /// Runs `postern` with these arguments in the image until it ends; the site is seen under the same path.
    public static Tool.Result run(Path context, Path site, Duration limit, List<String> arguments) {
        return Tool.run(new DaemonCommand(kind(context), site, arguments), limit, Optional.of(Way.CONTAINER), false);
    }

    /// Starts `postern` with these arguments and returns when it has said `ready` and this address greets with 220.
    public static PosternContainer serve(Path context, Path site, InetSocketAddress smtp, List<String> arguments) {
        DaemonCommand command = new DaemonCommand(kind(context), site, arguments);
        return new PosternContainer(Daemon.start(command, Optional.of(Way.CONTAINER), () -> {
            if (Files.readAllLines(command.log()).stream().noneMatch(line -> line.startsWith("ready"))) {
                throw new IOException("postern has not said that it is ready");
            }
            TcpDialogue.expect(smtp, "220 ");
        }));
    }

    /// To freeze, kill and restart it, and to read its log.
    public Daemon daemon() {
        return daemon;
    }

    @Override
    public void close() {
        daemon.close();
    }

    private static DaemonKind kind(Path context) {
        return new DaemonKind("postern", context.toAbsolutePath().toString(), COMMAND, "docker.io");
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.postern.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.postern.testkit.ClamavMilter;
import org.postern.testkit.Clamd;
import org.postern.testkit.Way;

/// The one clamd that all servers share, and clamav-milter in front of it. All reach it over its UNIX socket. Temporary
/// files are kept in memory, as
/// `docs/reference/filters/clamav.md` advises: else it is the disk's folders that are measured.
///
/// @param server it
/// @param front in front of it
/// @param folder for their temporary files
record Scanner(Clamd server, ClamavMilter front, Path folder) implements AutoCloseable {
    private static final Path MEMORY = Path.of("/dev/shm");

    static Scanner start() throws IOException {
        Path folder = Files.isDirectory(MEMORY)
                ? Files.createTempDirectory(MEMORY, "postern-bench-")
                : Files.createTempDirectory("postern-bench-");
        Clamd server = Clamd.options()
                .way(Way.PATH)
                .set("MaxThreads", "12")
                .set("TemporaryDirectory", folder.toString())
                .start();
        try {
            ClamavMilter front = ClamavMilter.options(server.address())
                    .way(Way.PATH)
                    .set("ClamdSocket", "unix:" + server.socketPath())
                    .set("TemporaryDirectory", folder.toString())
                    .start();
            return new Scanner(server, front, folder);
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    /// The UNIX socket of clamd.
    Path clamd() {
        return server.socketPath();
    }

    InetSocketAddress milter() {
        return front.address();
    }

    @Override
    public void close() {
        front.close();
        server.close();
        Processes.remove(folder);
    }
}

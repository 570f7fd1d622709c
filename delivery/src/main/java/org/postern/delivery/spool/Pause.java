// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.io.IOException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Stops deliveries and lets them go on. The file `paused` in the spool folder says so to the next process too: whoever
/// stopped deliveries, perhaps because the disk of the mailboxes is away, does not want a restart to begin them.
final class Pause {
    private static final Logger LOG = LoggerFactory.getLogger(Pause.class);

    private final Disk disk;
    private final Path root;
    private final Path marker;
    private final DirectorySync directories;
    private final SpoolIndex index;

    Pause(SpoolFolder folder, DirectorySync directories, SpoolIndex index) {
        this.disk = folder.disk();
        this.root = folder.root();
        this.marker = root.resolve("paused");
        this.directories = directories;
        this.index = index;
        if (disk.exists(marker)) {
            index.pause(true);
            LOG.warn("deliveries are paused, as before the start; postern queue resume lets them go on");
        }
    }

    /// Until resumed, over restarts.
    ///
    /// @throws IOException where they are paused, but a restart would let them go on
    synchronized void begin() throws IOException {
        index.pause(true);
        LOG.warn("deliveries are paused by an administrator");
        if (!disk.exists(marker)) {
            disk.create(marker).close();
        }
        directories.syncOnce(root);
    }

    /// Until resumed, in this process only.
    void beginHere() {
        index.pause(true);
        LOG.warn("deliveries wait for postern queue resume, as the settings say");
    }

    /// @throws IOException where they stay paused
    synchronized void end() throws IOException {
        if (disk.delete(marker)) {
            directories.syncOnce(root);
        }
        if (index.paused()) {
            index.pause(false);
            LOG.warn("deliveries were resumed by an administrator");
        }
    }
}

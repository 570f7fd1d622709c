// SPDX-License-Identifier: Apache-2.0
package org.postern.testkit;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a [Clamd] is started with. Every method returns this object; [#start()] ends the chain.
public final class ClamdOptions {
    private final Map<String, String> settings = new LinkedHashMap<>();
    private final List<Path> databases = new ArrayList<>();
    private int randomHashes;
    private boolean awaitReady = true;
    private Optional<Way> way = Optional.empty();

    ClamdOptions() {}

    /// Sets a line of `clamd.conf`, such as `MaxFileSize` to `500K`; replaces the kit's own value.
    public ClamdOptions set(String name, String value) {
        settings.put(name, value);
        return this;
    }

    /// Copies a signature database (`.ndb`, `.hdb`, …) into the private one.
    public ClamdOptions database(Path file) {
        databases.add(file);
        return this;
    }

    /// Makes the start slow: about a second for 300,000 hashes.
    public ClamdOptions randomHashes(int count) {
        randomHashes = count;
        return this;
    }

    /// Lets [#start()] return before clamd serves: for tests of what happens while it loads.
    public ClamdOptions withoutWaiting() {
        awaitReady = false;
        return this;
    }

    /// Starts it this way, whatever else is configured.
    public ClamdOptions way(Way wanted) {
        way = Optional.of(wanted);
        return this;
    }

    public Clamd start() {
        return new Clamd(this);
    }

    List<Path> databases() {
        return List.copyOf(databases);
    }

    int randomHashes() {
        return randomHashes;
    }

    boolean awaitReady() {
        return awaitReady;
    }

    Optional<Way> way() {
        return way;
    }

    String configuration(InetSocketAddress address, Path socketPath, Path folder) {
        Map<String, String> lines = new LinkedHashMap<>();
        lines.put("Foreground", "yes");
        lines.put("LogTime", "yes");
        lines.put("TCPAddr", address.getAddress().getHostAddress());
        lines.put("TCPSocket", String.valueOf(address.getPort()));
        lines.put("LocalSocket", socketPath.toString());
        lines.put("LocalSocketMode", "666");
        lines.put("FixStaleSocket", "yes");
        lines.put("DatabaseDirectory", ClamdDatabase.folder(folder).toString());
        lines.put("TemporaryDirectory", Folders.createIn(folder, "tmp").toString());
        // Off, as the test says itself when to reload.
        lines.put("SelfCheck", "0");
        lines.putAll(settings);
        StringBuilder text = new StringBuilder();
        lines.forEach(
                (name, value) -> text.append(name).append(' ').append(value).append('\n'));
        return text.toString();
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.postern.core.config.ConfigException;
import org.postern.core.config.ConfigFile;
import org.postern.deploy.config.PosternConfig;
import org.postern.smtpfront.DrainReport;

/// A running Postern inside a program: any of its roles, from [#start] to [#close].
///
/// ```java
/// try (Postern postern = Postern.start(config, new Role.AllInOne())) {
///     …
/// }
/// ```
///
/// The `postern` command is made of this and nothing else.
public final class Postern implements AutoCloseable {
    private final Assembly.Running running;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Postern(Assembly.Running running) {
        this.running = running;
    }

    /// Reads a configuration file.
    ///
    /// @param overrides settings on top of it, such as `farms.mx.deadline=30s`
    /// @throws org.postern.core.config.ConfigException with all problems at once
    public static PosternConfig configuration(Path file, List<String> overrides) {
        return ConfigFile.read(file, overrides, PosternConfig.class);
    }

    /// Starts roles and returns when they serve.
    ///
    /// @param folder where relative paths of rule files and the like start
    /// @throws org.postern.core.config.ConfigException when the configuration cannot be used
    /// @throws ResourceException when a port, a folder or the like cannot be had
    public static Postern start(PosternConfig config, Path folder, Role... roles) {
        return start(
                config,
                folder,
                () -> {
                    throw new ConfigException(
                            "the program that runs this server reads its configuration, and reloads it");
                },
                roles);
    }

    /// As [#start(PosternConfig, Path, Role...)], for a server that `postern reload` can reload.
    ///
    /// @param again reads the configuration anew
    public static Postern start(PosternConfig config, Path folder, Supplier<PosternConfig> again, Role... roles) {
        return new Postern(Assembly.start(config, folder, again, List.of(roles)));
    }

    /// As [#start(PosternConfig, Path, Role...)], with relative paths from the working directory.
    public static Postern start(PosternConfig config, Role... roles) {
        return start(config, Path.of("").toAbsolutePath(), roles);
    }

    /// Where it listens: the farms by name, `handoff`, `qmqp`, `management`.
    public SequencedMap<String, List<InetSocketAddress>> addresses() {
        return running.addresses();
    }

    /// The first address of one of them, for example `mx`.
    ///
    /// @throws IllegalArgumentException where nothing of that name listens
    public InetSocketAddress address(String name) {
        List<InetSocketAddress> all = running.addresses().getOrDefault(name, List.of());
        if (all.isEmpty()) {
            throw new IllegalArgumentException("nothing listens as " + name + ": " + running.addresses());
        }
        return all.getFirst();
    }

    /// Puts to use what a running server can take over of another configuration: policy and lists of the farms, and
    /// the files of their certificates. Sessions and mails under way are not disturbed.
    ///
    /// @return what changed, and what needs a restart, in lines for people
    /// @throws ConfigException with all problems; nothing was changed then
    public List<String> reload(PosternConfig next) {
        Reload.Report report = running.reload().apply(next);
        List<String> lines = new ArrayList<>(report.changed());
        report.waiting().forEach(line -> lines.add("needs a restart: " + line));
        return lines;
    }

    /// Not ready any more and without new clients; mails under way end, up to a bound. What is not mail goes on.
    /// Whoever calls it again gets the same reports.
    public List<DrainReport> drain(Duration most) {
        return running.fronts().drain(most);
    }

    /// Takes no more mail in, lets what is under way end, and closes everything. Closing twice does nothing.
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            running.parts().close();
        }
    }
}

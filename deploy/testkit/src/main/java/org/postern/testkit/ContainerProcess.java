// SPDX-License-Identifier: Apache-2.0
package org.postern.testkit;

import com.github.dockerjava.api.command.WaitContainerResultCallback;
import com.github.dockerjava.api.exception.DockerClientException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Volume;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/// A daemon started from an image, on the machine's own network and with its private folder under the same path.
///
/// So one configuration, one address and one UNIX socket path serve both ways, and a restart keeps the address.
final class ContainerProcess implements DaemonProcess {
    private final GenericContainer<?> container;

    private ContainerProcess(GenericContainer<?> container) {
        this.container = container;
    }

    static ContainerProcess start(DaemonCommand command, String image) {
        String folder = command.folder().toString();
        List<String> line = new ArrayList<>(List.of(
                "sh",
                "-c",
                "PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin; log=$1; shift; exec \"$@\" >>\"$log\" 2>&1 </dev/null",
                "sh",
                command.log().toString(),
                command.program()));
        line.addAll(command.arguments());
        GenericContainer<?> container = new GenericContainer<>(DockerImageName.parse(image))
                .withNetworkMode("host")
                .withEnv(command.environment())
                .withWorkingDirectory(folder)
                .withCreateContainerCmdModifier(create -> {
                    // The folder's owner, so that the test may read and remove what the daemon writes.
                    create.withUser(
                            command.kind().needsRoot()
                                    ? "0:0"
                                    : Folders.owner(command.folder()) + ":" + Folders.group(command.folder()));
                    // Whatever the image itself would start, it is this.
                    create.withEntrypoint(line);
                    create.withCmd();
                    // Not withFileSystemBind, which first tries a mount with an image it has to fetch.
                    HostConfig host = Objects.requireNonNull(create.getHostConfig());
                    host.withBinds(binds(folder));
                });
        container.start();
        return new ContainerProcess(container);
    }

    /// The daemon's folder, and the test's temporary files: certificates and other daemons' sockets.
    private static List<Bind> binds(String folder) {
        List<Bind> binds = new ArrayList<>(List.of(new Bind(folder, new Volume(folder))));
        String temporary = System.getProperty("java.io.tmpdir");
        if (!temporary.equals("/tmp")) {
            binds.add(new Bind(temporary, new Volume(temporary)));
        }
        return binds;
    }

    @Override
    public boolean alive() {
        return container.isRunning();
    }

    @Override
    public OptionalInt awaitEnd(Duration limit) {
        try (var wait = Engine.client().waitContainerCmd(container.getContainerId())) {
            Integer status = wait.exec(new WaitContainerResultCallback())
                    .awaitStatusCode(limit.toMillis(), TimeUnit.MILLISECONDS);
            return OptionalInt.of(status);
        } catch (DockerClientException stillRuns) {
            return OptionalInt.empty();
        }
    }

    @Override
    public void freeze() {
        try (var pause = Engine.client().pauseContainerCmd(container.getContainerId())) {
            pause.exec();
        }
    }

    @Override
    public void resume() {
        try (var unpause = Engine.client().unpauseContainerCmd(container.getContainerId())) {
            unpause.exec();
        }
    }

    @Override
    public void signal(String name) {
        try (var kill = Engine.client().killContainerCmd(container.getContainerId())) {
            kill.withSignal(name).exec();
        }
    }

    @Override
    public void kill() {
        // Removes the container; the engine kills what runs in it, also when it is paused.
        container.stop();
    }

    @Override
    public void stop(Duration grace) {
        try (var stop = Engine.client().stopContainerCmd(container.getContainerId())) {
            stop.withTimeout((int) Math.max(1, grace.toSeconds())).exec();
        } catch (DockerException alreadyEnded) {
            // What is left is removed below.
        }
        container.stop();
    }
}

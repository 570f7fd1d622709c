// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import io.netty.channel.local.LocalServerChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a virtual thread sent waits for the event loop, which is kept busy here while more comes in.
@Timeout(30)
final class ReplyOrderTest {
    /// Much longer than a virtual thread needs for nothing.
    private static final Duration A_WHILE = Duration.ofMillis(200);

    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());
    private final FakeConversation conversation = new FakeConversation();
    private final CompletableFuture<Channel> served = new CompletableFuture<>();
    private final CompletableFuture<Link> link = new CompletableFuture<>();
    private final CountDownLatch asked = new CountDownLatch(1);
    private final StringBuilder heard = new StringBuilder();
    private final CountDownLatch ended = new CountDownLatch(1);

    private void begin() throws Exception {
        conversation.atOnce = octets -> !octets.equals("asks");
        conversation.whenReceived = octets -> {
            link.join().send(octets.equals("asks") ? new byte[] {'1'} : new byte[] {'2'});
            asked.countDown();
        };
        Channel server = new ServerBootstrap()
                .group(loop)
                .channel(LocalServerChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(conversation.over(channel, link::complete, () -> {}));
                        served.complete(channel);
                    }
                })
                .bind(new LocalAddress(ReplyOrderTest.class))
                .sync()
                .channel();
        var _ = new Bootstrap()
                .group(loop)
                .channel(LocalChannel.class)
                .handler(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext context, Object message) {
                        ByteBuf octets = (ByteBuf) message;
                        heard.append(octets.toString(StandardCharsets.US_ASCII));
                        octets.release();
                        if (heard.length() == 2) {
                            ended.countDown();
                        }
                    }

                    @Override
                    public void channelInactive(ChannelHandlerContext context) {
                        ended.countDown();
                    }
                })
                .connect(server.localAddress())
                .sync();
    }

    /// On the event loop: something that a virtual thread answers, and then more, before the answer has left.
    private String heardAfter(Runnable more) throws Exception {
        Channel channel = served.get(10, TimeUnit.SECONDS);
        channel.eventLoop().execute(() -> {
            channel.pipeline().fireChannelRead(Unpooled.copiedBuffer("asks", StandardCharsets.US_ASCII));
            try {
                asked.await();
                Thread.sleep(A_WHILE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            more.run();
        });
        assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
        return heard.toString();
    }

    @AfterEach
    void stop() {
        loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Test
    void reply_of_the_event_loop_does_not_overtake_the_one_before() throws Exception {
        begin();
        assertThat(heardAfter(() -> served.join()
                        .pipeline()
                        .fireChannelRead(Unpooled.copiedBuffer("at once", StandardCharsets.US_ASCII))))
                .isEqualTo("12");
    }

    @Test
    void close_does_not_overtake_the_last_reply() throws Exception {
        begin();
        assertThat(heardAfter(
                        () -> served.join().pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE)))
                .isEqualTo("1");
    }
}

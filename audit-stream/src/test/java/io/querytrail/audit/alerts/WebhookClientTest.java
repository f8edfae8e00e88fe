package io.querytrail.audit.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** One post against a real receiver. */
class WebhookClientTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final int PATIENT = 60_000;
  private static final int IMPATIENT = 300;

  @Test
  void receiverCanProveWhoPostedAndWhen() throws Exception {
    try (Receiver receiver = new Receiver(Receiver.status(204))) {
      byte[] body = WebhookBody.of(Alerts.alert("a-1"));

      Posted posted = post(receiver, PATIENT, "a-1", body);

      assertThat(posted).isEqualTo(new Posted.Taken(204));
      Receiver.Post got = receiver.posts().getFirst();
      assertThat(got.id()).isEqualTo("a-1");
      assertThat(got.contentType()).isEqualTo("application/json");
      assertThat(got.body()).isEqualTo(body);
      // As docs/operations.md tells the receiver to do it
      String[] parts = got.signature().split("[=,]");
      assertThat(parts[1]).isEqualTo(Long.toString(NOW.getEpochSecond()));
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(
          new SecretKeySpec(Alerts.SECRET.reveal().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      mac.update((parts[1] + ".").getBytes(StandardCharsets.UTF_8));
      assertThat(MessageDigest.isEqual(mac.doFinal(got.body()), HexFormat.of().parseHex(parts[3])))
          .isTrue();
      assertThat(got.text()).doesNotContain(Alerts.SECRET.reveal());
    }
  }

  @Test
  void bodyTellsTheAlertWithExactAmounts() throws Exception {
    JsonNode body = new ObjectMapper().readTree(WebhookBody.of(Alerts.alert("a|1")));

    assertThat(body.toString())
        .isEqualTo(
            "{\"id\":\"a|1\",\"type\":\"budget.threshold_reached\",\"account\":\"acme\","
                + "\"scope\":\"user\",\"scopeKey\":\"Žofie \\\"Z\\\"\",\"period\":\"month\","
                + "\"periodName\":\"2026-11\",\"kind\":\"hard\",\"thresholdPercent\":90,"
                + "\"currency\":\"USD\",\"limit\":\"25\",\"settled\":\"22.500000000001\","
                + "\"held\":\"0\",\"requestId\":\"r-1\",\"policyVersion\":3,"
                + "\"raisedAt\":\"2026-11-21T12:00:00Z\"}");
  }

  @Test
  void idThatNoHeaderCanHoldIsEncoded() throws Exception {
    try (Receiver receiver = new Receiver(Receiver.status(200))) {
      post(receiver, PATIENT, "acme|USER|Žofie Z|100%\n", new byte[0]);

      assertThat(receiver.ids()).containsExactly("acme|USER|%C5%BDofie%20Z|100%25%0A");
    }
  }

  @Test
  void everythingButTwoHundredIsAFailureWithItsStatus() throws Exception {
    try (Receiver receiver = new Receiver(Receiver.status(500))) {
      assertThat(post(receiver)).isEqualTo(failed("http_500", null));
      receiver.answer(Receiver.status(404));
      assertThat(post(receiver)).isEqualTo(failed("http_404", null));
    }
  }

  @Test
  void timeToWaitIsReadAsSecondsAndAsADate() throws Exception {
    try (Receiver receiver = new Receiver(Receiver.status(429, "Retry-After", "7"))) {
      assertThat(post(receiver)).isEqualTo(failed("http_429", Duration.ofSeconds(7)));
      receiver.answer(Receiver.status(503, "Retry-After", "Sat, 21 Nov 2026 12:01:00 GMT"));
      assertThat(post(receiver)).isEqualTo(failed("http_503", Duration.ofMinutes(1)));
      receiver.answer(Receiver.status(503, "Retry-After", "Sat, 21 Nov 2026 11:00:00 GMT"));
      assertThat(post(receiver)).isEqualTo(failed("http_503", null));
      receiver.answer(Receiver.status(503, "Retry-After", "soon"));
      assertThat(post(receiver)).isEqualTo(failed("http_503", null));
    }
  }

  @Test
  void redirectIsNotFollowed() throws Exception {
    try (Receiver elsewhere = new Receiver(Receiver.status(200));
        Receiver receiver =
            new Receiver(Receiver.status(307, "Location", elsewhere.url().toString()))) {
      assertThat(post(receiver)).isEqualTo(failed("http_307", null));
      assertThat(elsewhere.posts()).isEmpty();
    }
  }

  @Test
  void answerThatNeverComesOrNeverEndsRunsIntoTheTimeout() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    try (Receiver receiver = new Receiver((exchange, post) -> await(over))) {
      assertThat(post(receiver, IMPATIENT, "a", new byte[0])).isEqualTo(failed("timeout", null));

      // Headers at once, then a body that has no end
      receiver.answer((exchange, post) -> {
        exchange.sendResponseHeaders(200, 0);
        exchange.getResponseBody().write(new byte[] {1});
        exchange.getResponseBody().flush();
        await(over);
      });
      assertThat(post(receiver, IMPATIENT, "a", new byte[0])).isEqualTo(failed("timeout", null));
    } finally {
      over.countDown();
    }
  }

  @Test
  void nobodyThereIsAFailure() throws Exception {
    Receiver gone = new Receiver(Receiver.status(200));
    gone.close();

    assertThat(post(gone)).isEqualTo(failed("connection_refused", null));
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Posted post(Receiver receiver) throws InterruptedException {
    return post(receiver, PATIENT, "a", new byte[] {1});
  }

  private static Posted post(Receiver receiver, int timeoutMillis, String id, byte[] body)
      throws InterruptedException {
    try (WebhookClient client =
        new WebhookClient(
            Alerts.config(receiver.url(), timeoutMillis, 1), InstantSource.fixed(NOW))) {
      return client.post(id, body);
    }
  }

  private static Posted failed(String kind, @Nullable Duration wait) {
    return new Posted.Failed(kind, Optional.ofNullable(wait));
  }
}

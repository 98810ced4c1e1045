package org.ringfence.checker.learn;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.ringfence.checker.explore.Software;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;

/** Many pages one after the other: histories multiply unless a callee keeps them to itself. */
class ManyPagesTest {
    private static final int PAGES = 64;

    /** Accepts a page, again while it is busy; three results, and what it returns tells nothing of them. */
    record AcceptPage(int page) implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            int status = cpu.ask(new Op("accept " + page, 3));
            if (status == 2) {
                return cpu.again(this);
            }
            if (status == 1) {
                cpu.ask(new Op("note " + page, 1));
            }
            return Done.DONE;
        }
    }

    record AcceptAll() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            for (int page = 0; page < PAGES; page++) {
                cpu.call(new AcceptPage(page));
            }
            return Done.DONE;
        }
    }

    @Test
    void sixtyFourPagesAcceptedInALoopAreLearnedInUnderASecond() {
        Learned.complete(new AcceptAll());

        double seconds = Learned.seconds(() -> Learned.complete(new AcceptAll()));

        CompleteSoftware software = Learned.complete(new AcceptAll());
        System.out.printf("%d pages: %d runs, %d points, %.3f s%n", PAGES, software.runs(), software.points(), seconds);
        assertThat(software.runs())
                .as("runs: five of each page's, and one of the loop after each page")
                .isEqualTo(PAGES * 5 + PAGES + 1);
        assertThat(software.points()).isEqualTo(2 * PAGES + 1);
        assertThat(seconds).isLessThan(1);
    }

    /** As {@link AcceptPage}, but returns the status. */
    record AcceptAndTell(int page) implements Routine<Integer> {
        @Override
        public Integer run(Cpu cpu) {
            return cpu.ask(new Op("accept " + page, 3));
        }
    }

    record AcceptAllByStatus() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            int failed = 0;
            for (int page = 0; page < PAGES; page++) {
                if (cpu.call(new AcceptAndTell(page)) == 1) {
                    failed++;
                }
            }
            cpu.ask(new Op("report " + failed, 1));
            return Done.DONE;
        }
    }

    @Test
    void moreHistoriesThanTheBudgetAreLearnedAsTheSearchMeetsThem() {
        double seconds = Learned.seconds(() -> Learner.learn(new AcceptAllByStatus(), Budget.DEFAULT));

        Software software = Learner.learn(new AcceptAllByStatus(), Budget.DEFAULT);

        System.out.printf("3 to the %d histories: given up after %.3f s%n", PAGES, seconds);
        assertThat(software.isComplete()).isFalse();
        assertThat(((LazySoftware) software).why()).isEqualTo("AcceptAllByStatus has more than 100,000 histories");
        assertThat(software.points()).isEqualTo(1);
        int point = 0;
        for (int page = 0; page < PAGES; page++) {
            point = software.next(point, page % 3);
        }
        assertThat(software.operation(point)).isEqualTo(new Op("report 21", 1));
        assertThat(software.end(software.next(point, 0))).isEqualTo(Software.End.DONE);
        assertThat(software.points()).as("points on one way").isEqualTo(PAGES + 2);
    }
}

/* Asks libical for the instances of the rules in corpus.tsv and harder.tsv.
 *
 * usage: cat corpus.tsv harder.tsv | libical > libical.tsv
 *
 * Made with libical 3.0.20, without ICU. Build: cc -Wall -Wextra -O2 libical.c -lical -o libical
 *
 * Each line makes a line: "=" where libical finds the instances that stand there, else those that it
 * finds, in the same form; "!" where it refuses the rule, "?" where it crashes or finds no end in its time.
 */
#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Seconds for one rule; octets of a line; instances in one. */
enum { PATIENCE = 2, LINE = 1 << 16, MOST = 64 };

/* Writes a number in base 36; returns where it ends. */
static char *put_base36(char *to, long long number)
{
    char text[16];
    char *at = text + sizeof text - 1;
    long long rest = number < 0 ? -number : number;
    *at = '\0';
    do {
        *--at = "0123456789abcdefghijklmnopqrstuvwxyz"[rest % 36];
        rest /= 36;
    } while (rest);
    return to + sprintf(to, "%s%s", number < 0 ? "-" : "", at);
}

/* The start, in its zone; floating without one. */
static struct icaltimetype start_of(const char *start, const char *zone)
{
    struct icaltimetype at = icaltime_from_string(start);
    if (zone) {
        at.zone = icaltimezone_get_builtin_timezone(zone);
        if (!at.zone) {
            fprintf(stderr, "no zone %s\n", zone);
            exit(1);
        }
    }
    return at;
}

/* Seconds since 1970, of a floating time as if it were UTC. */
static long long second_of(struct icaltimetype at)
{
    return icaltime_as_timet_with_zone(at, at.zone);
}

static int compare(const void *one, const void *two)
{
    return *(const short *)one - *(const short *)two;
}

/* libical takes the numbers of a part in the order in which they stand, so it gets them in order. */
static void sort(short *numbers, int most)
{
    int count = 0;
    while (count < most && numbers[count] != ICAL_RECURRENCE_ARRAY_MAX)
        count++;
    qsort(numbers, count, sizeof *numbers, compare);
}

static struct icalrecurrencetype rule_of(const char *text)
{
    struct icalrecurrencetype rule = icalrecurrencetype_from_string(text);
    sort(rule.by_second, ICAL_BY_SECOND_SIZE);
    sort(rule.by_minute, ICAL_BY_MINUTE_SIZE);
    sort(rule.by_hour, ICAL_BY_HOUR_SIZE);
    sort(rule.by_month_day, ICAL_BY_MONTHDAY_SIZE);
    sort(rule.by_year_day, ICAL_BY_YEARDAY_SIZE);
    sort(rule.by_week_no, ICAL_BY_WEEKNO_SIZE);
    sort(rule.by_month, ICAL_BY_MONTH_SIZE);
    return rule;
}

/* libical's instances, as the lines have them. */
static const char *answer(const char *start, const char *rule, int most, const char *zone)
{
    static char text[MOST * 16];
    struct icalrecurrencetype recurrence = rule_of(rule);
    struct icaltimetype begin = start_of(start, zone);
    long long last = second_of(begin);
    char *at = text;

    if (recurrence.freq == ICAL_NO_RECURRENCE)
        return "!";
    icalrecur_iterator *instances = icalrecur_iterator_new(recurrence, begin);
    if (!instances)
        return "!";
    while (most--) {
        struct icaltimetype next = icalrecur_iterator_next(instances);
        if (icaltime_is_null_time(next))
            break;
        if (at != text)
            *at++ = ' ';
        at = put_base36(at, second_of(next) - last);
        last = second_of(next);
    }
    return text;
}

static void answer_line(char *line)
{
    char *fields[5] = {NULL};
    line[strcspn(line, "\n")] = '\0';
    for (int i = 0; i < 5 && line; i++)
        fields[i] = strsep(&line, "\t");
    if (!fields[3] || atoi(fields[2]) > MOST)
        exit(1);
    const char *found = answer(fields[0], fields[1], atoi(fields[2]), fields[4]);
    puts(strcmp(found, fields[3]) ? found : "=");
    exit(0);
}

/* Each line has a process of its own, which ends with its time. */
int main(void)
{
    static char line[LINE];
    icalerror_set_errors_are_fatal(0);
    setvbuf(stdin, NULL, _IONBF, 0);
    while (fgets(line, sizeof line, stdin)) {
        int status;
        fflush(stdout);
        pid_t child = fork();
        if (child == 0) {
            alarm(PATIENCE);
            answer_line(line);
        }
        if (child < 0 || waitpid(child, &status, 0) < 0)
            return 1;
        if (WIFEXITED(status) && WEXITSTATUS(status) == 1) {
            fputs("no such line or zone\n", stderr);
            return 1;
        }
        if (WIFSIGNALED(status))
            puts("?");
    }
    return 0;
}

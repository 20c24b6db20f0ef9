// coroutine.hpp: the C++20 peer: a lazy task<T> with symmetric transfer, and a scheduler with a ready queue that is a list
// through the promises and a heap of timers. As small as one that a program would really use can be: no thread safety, errors
// end the process.
#pragma once
#include <algorithm>
#include <coroutine>
#include <cstdint>
#include <exception>
#include <utility>
#include <vector>

struct promise_base {
    std::coroutine_handle<> continuation = std::noop_coroutine();
    std::coroutine_handle<promise_base> self;
    promise_base *next = nullptr;
    struct final_awaiter {
        bool await_ready() noexcept { return false; }
        template <class P> std::coroutine_handle<> await_suspend(std::coroutine_handle<P> h) noexcept {
            return h.promise().continuation;
        }
        void await_resume() noexcept {}
    };
    std::suspend_always initial_suspend() noexcept { return {}; }
    final_awaiter final_suspend() noexcept { return {}; }
    void unhandled_exception() { std::terminate(); }
};

template <class T> struct promise_value : promise_base {
    T value{};
    void return_value(T v) { value = v; }
};
template <> struct promise_value<void> : promise_base {
    void return_void() {}
};

template <class T> struct task {
    struct promise_type : promise_value<T> {
        task get_return_object() { return task{std::coroutine_handle<promise_type>::from_promise(*this)}; }
    };
    std::coroutine_handle<promise_type> h;
    explicit task(std::coroutine_handle<promise_type> handle) : h(handle) {}
    task(task &&other) noexcept : h(std::exchange(other.h, nullptr)) {}
    task(const task &) = delete;
    ~task() {
        if (h) h.destroy();
    }
    bool await_ready() { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting) {
        h.promise().continuation = awaiting;
        return h;
    }
    T await_resume() {
        if constexpr (!std::is_void_v<T>) return h.promise().value;
    }
};

struct node { // something that stands in the ready queue
    std::coroutine_handle<> h;
    node *next = nullptr;
};

struct scheduler {
    node *head = nullptr, *last = nullptr;
    struct timer {
        int64_t when;
        std::coroutine_handle<> h;
        bool operator<(const timer &o) const { return when > o.when; }
    };
    std::vector<timer> timers;
    void push(node *n) {
        n->next = nullptr;
        if (head) last->next = n;
        else head = n;
        last = n;
    }
    void run() {
        while (head) {
            node *n = head;
            head = n->next;
            n->h.resume();
        }
    }
};
inline scheduler loop;

struct yield { // one turn of the loop
    node n;
    bool await_ready() { return false; }
    void await_suspend(std::coroutine_handle<> h) {
        n.h = h;
        loop.push(&n);
    }
    void await_resume() {}
};

// A task that runs alongside: started on a later turn; awaited at most once.
template <class T> struct spawned {
    struct promise_type : promise_base {
        T value{};
        bool done = false;
        node n;
        std::coroutine_handle<> waiter;
        spawned get_return_object() { return spawned{std::coroutine_handle<promise_type>::from_promise(*this)}; }
        struct finish {
            bool await_ready() noexcept { return false; }
            void await_suspend(std::coroutine_handle<promise_type> h) noexcept {
                promise_type &p = h.promise();
                p.done = true;
                if (p.waiter) { // wakes on a later turn
                    p.n.h = p.waiter;
                    loop.push(&p.n);
                }
            }
            void await_resume() noexcept {}
        };
        std::suspend_always initial_suspend() noexcept { return {}; }
        finish final_suspend() noexcept { return {}; }
        void return_value(T v) { value = v; }
    };
    std::coroutine_handle<promise_type> h;
    explicit spawned(std::coroutine_handle<promise_type> handle) : h(handle) {
        h.promise().n.h = h;
        loop.push(&h.promise().n);
    }
    spawned(spawned &&other) noexcept : h(std::exchange(other.h, nullptr)) {}
    spawned(const spawned &) = delete;
    ~spawned() {
        if (h) h.destroy();
    }
    bool await_ready() { return h.promise().done; }
    void await_suspend(std::coroutine_handle<> awaiting) { h.promise().waiter = awaiting; }
    T await_resume() { return h.promise().value; }
};

FROM mine
